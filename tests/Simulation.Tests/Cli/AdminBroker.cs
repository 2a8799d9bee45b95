using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Simulation.Tests.Cli;

/// <summary>
/// Answers what Kafka's administration clients ask, over TCP in Kafka's own protocol: the embedded broker knows no administration. It
/// keeps topics and their settings, and no records.
/// </summary>
internal sealed class AdminBroker : IDisposable
{
    private const short Metadata = 3;
    private const short ApiVersions = 18;
    private const short CreateTopics = 19;
    private const short DescribeConfigs = 32;
    private const short CreatePartitions = 37;
    private const short IncrementalAlterConfigs = 44;
    private const sbyte TopicResource = 2;

    // The newest version of each request before its compact form.
    private static readonly (short Request, short Version)[] Versions =
    [
        (Metadata, 4), (ApiVersions, 0), (CreateTopics, 4), (DescribeConfigs, 1), (CreatePartitions, 0), (IncrementalAlterConfigs, 0),
    ];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _brokers;

    public AdminBroker(int brokers)
    {
        _brokers = brokers;
        _listener.Start();
        _ = AcceptAsync();
    }

    public ConcurrentDictionary<string, AdminTopic> Topics { get; } = new();

    /// <summary>A topic that is refused.</summary>
    public string? RefusesTopic { get; init; }

    public string Servers => $"127.0.0.1:{Port}";

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token), _stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using var connection = client;
        var stream = client.GetStream();
        try
        {
            while (true)
            {
                var size = new byte[sizeof(int)];
                await stream.ReadExactlyAsync(size, stop);
                var body = new byte[new KafkaWire(size).ReadInt32()];
                await stream.ReadExactlyAsync(body, stop);
                var answer = Answer(new KafkaWire(body));
                await stream.WriteAsync(new KafkaWire().Int32(answer.Length).ToArray(), stop);
                await stream.WriteAsync(answer, stop);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client has gone, or the test is over.
        }
    }

    private byte[] Answer(KafkaWire request)
    {
        var (kind, version) = (request.ReadInt16(), request.ReadInt16());
        var answer = new KafkaWire().Int32(request.ReadInt32());
        if (kind == ApiVersions)
        {
            // Also to a version that is not known, whose body is not read.
            return answer.Int16((short)(version == 0 ? ErrorCode.NoError : ErrorCode.UnsupportedVersion))
                .Array(Versions, v => answer.Int16(v.Request).Int16(0).Int16(v.Version)).ToArray();
        }

        request.ReadString();
        lock (Topics)
        {
            _ = kind switch
            {
                Metadata => WriteMetadata(answer),
                CreateTopics => Create(request, answer.Int32(0)),
                DescribeConfigs => Describe(request, answer.Int32(0)),
                CreatePartitions => AddPartitions(request, answer.Int32(0)),
                _ => Alter(request, answer.Int32(0)),
            };
        }

        return answer.ToArray();
    }

    private KafkaWire WriteMetadata(KafkaWire answer)
    {
        answer.Int32(0).Array([.. Enumerable.Range(1, _brokers)], id => answer.Int32(id).String("127.0.0.1").Int32(Port).String(null));
        return answer.String("cluster").Int32(1).Array([.. Topics], topic => answer.Int16(0).String(topic.Key).Bool(false).Array(
            [.. Enumerable.Range(0, topic.Value.Partitions)],
            partition => answer.Int16(0).Int32(partition).Int32(1).Array(Replicas(topic.Value), r => answer.Int32(r)).Array(Replicas(topic.Value), r => answer.Int32(r))));
    }

    private KafkaWire Create(KafkaWire request, KafkaWire answer)
    {
        var wanted = request.ReadArray(() =>
        {
            var (name, partitions, replicas) = (request.ReadString()!, request.ReadInt32(), request.ReadInt16());
            request.ReadArray(() => (request.ReadInt32(), request.ReadArray(request.ReadInt32)));
            var config = request.ReadArray(() => (Name: request.ReadString()!, Value: request.ReadString()!));
            return (name, new AdminTopic { Partitions = partitions, Replicas = replicas, Config = config.ToDictionary(c => c.Name, c => c.Value) });
        });
        return answer.Array(wanted, topic =>
        {
            var refused = topic.name == RefusesTopic;
            var added = !refused && Topics.TryAdd(topic.name, topic.Item2);
            answer.String(topic.name)
                .Int16((short)(added ? ErrorCode.NoError : refused ? ErrorCode.PolicyViolation : ErrorCode.TopicAlreadyExists))
                .String(refused ? "not this one" : null);
        });
    }

    private KafkaWire Describe(KafkaWire request, KafkaWire answer)
    {
        var names = request.ReadArray(() =>
        {
            request.ReadInt8();
            var name = request.ReadString()!;
            request.ReadArray(request.ReadString);
            return name;
        });
        return answer.Array(names, name => answer.Int16(0).String(null).Int8(TopicResource).String(name).Array(
            Topics[name].Config,
            setting => answer.String(setting.Key).String(setting.Value).Bool(false).Int8(1).Bool(false).Array<string>([], _ => { })));
    }

    private KafkaWire Alter(KafkaWire request, KafkaWire answer)
    {
        var names = request.ReadArray(() =>
        {
            request.ReadInt8();
            var name = request.ReadString()!;
            foreach (var (setting, _, value) in request.ReadArray(() => (request.ReadString()!, request.ReadInt8(), request.ReadString()!)))
            {
                Topics[name].Config[setting] = value;
            }

            return name;
        });
        return answer.Array(names, name => answer.Int16(0).String(null).Int8(TopicResource).String(name));
    }

    private KafkaWire AddPartitions(KafkaWire request, KafkaWire answer)
    {
        var names = request.ReadArray(() =>
        {
            var (name, count) = (request.ReadString()!, request.ReadInt32());
            request.ReadArray(() => request.ReadArray(request.ReadInt32));
            Topics[name].Partitions = count;
            return name;
        });
        return answer.Array(names, name => answer.String(name).Int16(0).String(null));
    }

    private static int[] Replicas(AdminTopic topic) => [.. Enumerable.Range(1, topic.Replicas)];
}
