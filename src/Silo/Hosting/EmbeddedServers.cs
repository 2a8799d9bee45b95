using Levee.Embedded;
using Levee.Grains.Topics;
using Levee.Silo.FirstStart;

namespace Levee.Silo.Hosting;

/// <summary>The servers that Levee runs itself, where no others are configured.</summary>
internal sealed class EmbeddedServers(SiloSettings settings) : IAsyncDisposable
{
    private const int SmallTopicPartitions = 4;

    // A segment of PostgreSQL's log has 16 MiB; a server that cannot make one more breaks off every connection.
    private const long LeastFreeBytes = 32L << 20;

    private EmbeddedPostgres? _postgres;
    private EmbeddedKafka? _kafka;

    /// <summary>Of the embedded or the configured PostgreSQL.</summary>
    public string PostgresConnectionString => _postgres?.ConnectionString ?? settings.PostgresConnectionString;

    /// <summary>Of the embedded or the configured Kafka.</summary>
    public string KafkaBootstrapServers => _kafka?.BootstrapServers ?? settings.Kafka.BootstrapServers;

    /// <summary>Starts what is not configured.</summary>
    public async Task StartAsync(StartupProgress progress, CancellationToken cancellationToken)
    {
        if (settings.UsesEmbeddedPostgres)
        {
            RequireFolder(settings.DataDirectory);
            _postgres = await progress.RunAsync("Starting PostgreSQL", _ => EmbeddedPostgres.StartAsync(
                new EmbeddedPostgresOptions { DataDirectory = Path.Combine(settings.DataDirectory, "postgres") }, cancellationToken));
        }

        if (settings.UsesEmbeddedKafka)
        {
            _kafka = await progress.RunAsync("Starting the embedded Kafka broker", _ => Task.FromResult(StartKafka()));
        }
    }

    /// <summary>Whether the disk of the embedded PostgreSQL is full: what else goes wrong then goes wrong because of it.</summary>
    public bool IsDiskFull => _postgres is not null && new DriveInfo(_postgres.ClusterDirectory).AvailableFreeSpace < LeastFreeBytes;

    public async ValueTask DisposeAsync()
    {
        _kafka?.Dispose();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }
    }

    // What can be made is made later, with the cluster; a file in the way is worth a sentence of its own.
    private static void RequireFolder(string path)
    {
        for (var folder = path; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Exists(folder) && !Directory.Exists(folder))
            {
                throw new StartupException($"The data folder {path} cannot be used: {folder} is a file. Choose another with --data DIR.");
            }
        }
    }

    private EmbeddedKafka StartKafka()
    {
        var kafka = EmbeddedKafka.Start(new EmbeddedKafkaOptions());
        foreach (var topic in LeveeTopics.Of(settings.Kafka, settings.Scoring, settings.Topics))
        {
            var isLarge = topic.Name == settings.Kafka.TransactionsTopic;
            kafka.CreateTopic(topic.Name, isLarge ? topic.Partitions : Math.Min(topic.Partitions, SmallTopicPartitions));
        }

        return kafka;
    }
}
