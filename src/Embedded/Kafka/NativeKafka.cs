using System.Runtime.InteropServices;

namespace Levee.Embedded;

/// <summary>The part of librdkafka that Confluent.Kafka does not wrap: brokers inside the process.</summary>
internal static partial class NativeKafka
{
    private const string Library = "levee-librdkafka";

    // Confluent.Kafka carries several builds and loads the one that fits the machine, which need not be the one of the plain name: on
    // Debian 12, whose SASL library is older, it is centos8-librdkafka. The brokers must come from the very build that is loaded.
    private static readonly string[] Builds = ["librdkafka", "centos8-librdkafka", "alpine-librdkafka"];

    static NativeKafka() => NativeLibrary.SetDllImportResolver(typeof(NativeKafka).Assembly, static (name, _, _) => name == Library ? Load() : 0);

    [LibraryImport(Library)]
    internal static partial nint rd_kafka_conf_new();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rd_kafka_conf_set(nint configuration, string name, string value, [Out] byte[] error, nuint errorSize);

    [LibraryImport(Library)]
    internal static partial nint rd_kafka_new(int type, nint configuration, [Out] byte[] error, nuint errorSize);

    [LibraryImport(Library)]
    internal static partial void rd_kafka_destroy(nint client);

    [LibraryImport(Library)]
    internal static partial nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [LibraryImport(Library)]
    internal static partial void rd_kafka_mock_cluster_destroy(nint cluster);

    [LibraryImport(Library)]
    internal static partial nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rd_kafka_mock_topic_create(nint cluster, string topic, int partitions, int replication);

    [LibraryImport(Library)]
    internal static partial void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int milliseconds);

    [LibraryImport(Library)]
    internal static partial int rd_kafka_mock_set_controller_id(nint cluster, int broker);

    [LibraryImport(Library)]
    internal static partial int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [LibraryImport(Library)]
    internal static partial int rd_kafka_mock_broker_set_up(nint cluster, int broker);

    [LibraryImport(Library)]
    internal static partial int rd_kafka_mock_broker_set_rtt(nint cluster, int broker, int milliseconds);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rd_kafka_mock_partition_set_leader(nint cluster, string topic, int partition, int broker);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rd_kafka_mock_partition_delete_records(nint cluster, string topic, int partition, long before);

    [LibraryImport(Library)]
    internal static partial void rd_kafka_mock_push_request_errors_array(nint cluster, short request, nuint count, int[] errors);

    [LibraryImport(Library)]
    internal static partial void rd_kafka_mock_clear_request_errors(nint cluster, short request);

    private static nint Load()
    {
        Confluent.Kafka.Library.Load();
        foreach (var path in Loaded())
        {
            if (NativeLibrary.TryLoad(path, out var handle))
            {
                return handle;
            }
        }

        foreach (var build in Builds)
        {
            if (NativeLibrary.TryLoad(build, typeof(Confluent.Kafka.Library).Assembly, null, out var handle))
            {
                return handle;
            }
        }

        throw new EmbeddedServerException("The embedded Kafka broker needs librdkafka, which Confluent.Kafka could not load on this machine.");
    }

    // On Linux the kernel says which file is mapped.
    private static IEnumerable<string> Loaded() => !File.Exists("/proc/self/maps")
        ? []
        : File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.IndexOf('/', StringComparison.Ordinal) is var start && start >= 0 ? start : line.Length)..])
            .Where(path => Path.GetFileName(path).Contains("librdkafka", StringComparison.Ordinal))
            .Distinct();
}
