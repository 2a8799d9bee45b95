using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Levee.Streaming.Kafka.Tests;

/// <summary>Brokers inside the process: librdkafka's mock cluster, real Kafka protocol on loopback ports, everything in memory.</summary>
internal sealed class MockCluster : IDisposable
{
    private const string Native = "mock-librdkafka";

    private readonly nint _client;
    private readonly nint _cluster;

    static MockCluster() =>
        NativeLibrary.SetDllImportResolver(typeof(MockCluster).Assembly, (name, _, _) => name == Native ? Load() : 0);

    public MockCluster(int brokers = 1)
    {
        var error = new byte[512];
        _client = rd_kafka_new(0, rd_kafka_conf_new(), error, error.Length);
        if (_client == 0)
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(error).TrimEnd('\0'));
        }

        _cluster = rd_kafka_mock_cluster_new(_client, brokers);
        rd_kafka_mock_group_initial_rebalance_delay_ms(_cluster, 0);
        rd_kafka_mock_set_controller_id(_cluster, 1);
        BootstrapServers = Marshal.PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(_cluster))!;
    }

    public string BootstrapServers { get; }

    public void CreateTopic(string topic, int partitions) => Check(rd_kafka_mock_topic_create(_cluster, topic, partitions, 1));

    public void SetDown(int broker) => Check(rd_kafka_mock_broker_set_down(_cluster, broker));

    public void SetUp(int broker) => Check(rd_kafka_mock_broker_set_up(_cluster, broker));

    public void DeleteRecords(string topic, int partition, long before) =>
        Check(rd_kafka_mock_partition_delete_records(_cluster, topic, partition, before));

    public void Dispose()
    {
        rd_kafka_mock_cluster_destroy(_cluster);
        rd_kafka_destroy(_client);
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"The mock cluster answered {error}.");
        }
    }

    // Confluent.Kafka picks one of several builds of the library; the mock must come from the same one.
    private static nint Load()
    {
        Library.Load();
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            if (line.Contains("librdkafka", StringComparison.Ordinal))
            {
                return NativeLibrary.Load(line[line.IndexOf('/', StringComparison.Ordinal)..]);
            }
        }

        throw new DllNotFoundException("librdkafka");
    }

    [DllImport(Native)]
    private static extern nint rd_kafka_conf_new();

    [DllImport(Native)]
    private static extern nint rd_kafka_new(int type, nint conf, byte[] error, nint size);

    [DllImport(Native)]
    private static extern void rd_kafka_destroy(nint client);

    [DllImport(Native)]
    private static extern nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [DllImport(Native)]
    private static extern void rd_kafka_mock_cluster_destroy(nint cluster);

    [DllImport(Native)]
    private static extern nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [DllImport(Native)]
    private static extern void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int delay);

    [DllImport(Native)]
    private static extern void rd_kafka_mock_set_controller_id(nint cluster, int broker);

    [DllImport(Native)]
    private static extern int rd_kafka_mock_topic_create(nint cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string topic, int partitions, int replicas);

    [DllImport(Native)]
    private static extern int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [DllImport(Native)]
    private static extern int rd_kafka_mock_broker_set_up(nint cluster, int broker);

    [DllImport(Native)]
    private static extern int rd_kafka_mock_partition_delete_records(
        nint cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string topic, int partition, long offset);
}
