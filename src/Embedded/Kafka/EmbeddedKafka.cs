using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Levee.Embedded;

/// <summary>
/// Kafka brokers inside this process, for development and tests: the real protocol on loopback ports, everything in memory. A partition
/// keeps 5 MiB, oldest records dropped first, and nothing survives the process. A topic that a client asks for is made with four
/// partitions; make topics yourself when the number matters. There is no leader election: the partitions of a broker that is down wait for
/// it, or for <see cref="SetPartitionLeader"/>.
/// </summary>
public sealed class EmbeddedKafka : IDisposable
{
    private const int Producer = 0;
    private const string OnlyCritical = "2";

    private readonly Lock _lock = new();
    private nint _client;
    private nint _cluster;

    private EmbeddedKafka(nint client, nint cluster)
    {
        _client = client;
        _cluster = cluster;
        BootstrapServers = Marshal.PtrToStringUTF8(NativeKafka.rd_kafka_mock_cluster_bootstraps(cluster))!;
    }

    /// <summary>What clients connect to: <c>127.0.0.1:port</c>, comma separated.</summary>
    public string BootstrapServers { get; }

    /// <summary>Starts brokers on free ports.</summary>
    /// <exception cref="EmbeddedServerException">librdkafka is missing or refuses.</exception>
    public static EmbeddedKafka Start(EmbeddedKafkaOptions? options = null)
    {
        options ??= new EmbeddedKafkaOptions();
        var error = new byte[512];

        // The client that carries the brokers has nobody to connect to, and would write that to the terminal.
        var configuration = NativeKafka.rd_kafka_conf_new();
        _ = NativeKafka.rd_kafka_conf_set(configuration, "log_level", OnlyCritical, error, (nuint)error.Length);
        var client = NativeKafka.rd_kafka_new(Producer, configuration, error, (nuint)error.Length);
        if (client == 0)
        {
            throw new EmbeddedServerException($"The embedded Kafka broker did not start: {Encoding.UTF8.GetString(error).TrimEnd('\0')}.");
        }

        var cluster = NativeKafka.rd_kafka_mock_cluster_new(client, options.Brokers);
        if (cluster == 0)
        {
            NativeKafka.rd_kafka_destroy(client);
            throw new EmbeddedServerException("The embedded Kafka broker did not start.");
        }

        // The first member of a group need not wait for others, and DescribeCluster needs a controller.
        NativeKafka.rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 0);
        _ = NativeKafka.rd_kafka_mock_set_controller_id(cluster, 1);
        return new EmbeddedKafka(client, cluster);
    }

    /// <summary>Creates a topic.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="partitions">Number of partitions, at least 1.</param>
    public void CreateTopic(string topic, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        Do($"create topic {topic}", cluster => NativeKafka.rd_kafka_mock_topic_create(cluster, topic, partitions, 1));
    }

    /// <summary>Takes a broker away: its connections break and new ones are refused.</summary>
    /// <param name="broker">Id, from 1.</param>
    public void SetBrokerDown(int broker) => Do("take the broker away", cluster => NativeKafka.rd_kafka_mock_broker_set_down(cluster, broker));

    /// <summary>Brings a broker back.</summary>
    /// <param name="broker">Id, from 1.</param>
    public void SetBrokerUp(int broker) => Do("bring the broker back", cluster => NativeKafka.rd_kafka_mock_broker_set_up(cluster, broker));

    /// <summary>Delays every answer of a broker.</summary>
    /// <param name="broker">Id, from 1.</param>
    /// <param name="delay">How long, at least zero.</param>
    public void SetRoundTrip(int broker, TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Do("delay the broker", cluster => NativeKafka.rd_kafka_mock_broker_set_rtt(cluster, broker, (int)delay.TotalMilliseconds));
    }

    /// <summary>Moves a partition to a broker.</summary>
    /// <param name="topic">An existing topic.</param>
    /// <param name="partition">Number, from 0.</param>
    /// <param name="broker">Id, from 1.</param>
    public void SetPartitionLeader(string topic, int partition, int broker) =>
        Do("move the partition", cluster => NativeKafka.rd_kafka_mock_partition_set_leader(cluster, topic, partition, broker));

    /// <summary>Drops the records of a partition before an offset, as retention does.</summary>
    /// <param name="topic">An existing topic.</param>
    /// <param name="partition">Number, from 0.</param>
    /// <param name="beforeOffset">The first offset that stays.</param>
    public void DeleteRecords(string topic, int partition, long beforeOffset) =>
        Do("delete records", cluster => NativeKafka.rd_kafka_mock_partition_delete_records(cluster, topic, partition, beforeOffset));

    /// <summary>Makes brokers answer the next requests of a kind with errors, one request an error, and then as usual again.</summary>
    /// <param name="request">The kind of request.</param>
    /// <param name="errors">Errors in order; <see cref="ErrorCode.Local_Transport"/> breaks the connection instead of answering.</param>
    public void PushRequestErrors(KafkaRequest request, params IReadOnlyList<ErrorCode> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var codes = errors.Select(error => (int)error).ToArray();
        Do("take the errors", cluster =>
        {
            NativeKafka.rd_kafka_mock_push_request_errors_array(cluster, (short)request, (nuint)codes.Length, codes);
            return 0;
        });
    }

    /// <summary>Forgets errors that were pushed and not yet answered.</summary>
    /// <param name="request">The kind of request.</param>
    public void ClearRequestErrors(KafkaRequest request) => Do("clear the errors", cluster =>
    {
        NativeKafka.rd_kafka_mock_clear_request_errors(cluster, (short)request);
        return 0;
    });

    /// <summary>Stops the brokers; what they held is gone.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_cluster == 0)
            {
                return;
            }

            // The cluster belongs to the client: first the one, then the other.
            NativeKafka.rd_kafka_mock_cluster_destroy(_cluster);
            NativeKafka.rd_kafka_destroy(_client);
            _cluster = 0;
            _client = 0;
        }
    }

    private void Do(string what, Func<nint, int> call)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            var error = call(_cluster);
            if (error != 0)
            {
                throw new EmbeddedServerException($"The embedded Kafka broker could not {what}: {new Error((ErrorCode)error).Reason}.");
            }
        }
    }
}
