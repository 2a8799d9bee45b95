using Levee.Embedded;
using Levee.Silo.FirstStart;
using Levee.Streaming.Kafka;

namespace Levee.Silo.Hosting;

/// <summary>The servers that Levee runs itself, where no others are configured.</summary>
internal sealed class EmbeddedServers(SiloSettings settings) : IAsyncDisposable
{
    private const int TransactionPartitions = 12;
    private const int SmallTopicPartitions = 4;

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
            Directory.CreateDirectory(settings.DataDirectory);
            _postgres = await progress.RunAsync("Starting PostgreSQL", _ => EmbeddedPostgres.StartAsync(
                new EmbeddedPostgresOptions { DataDirectory = Path.Combine(settings.DataDirectory, "postgres") }, cancellationToken));
        }

        if (settings.UsesEmbeddedKafka)
        {
            _kafka = await progress.RunAsync("Starting the embedded Kafka broker", _ => Task.FromResult(StartKafka()));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _kafka?.Dispose();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }
    }

    private EmbeddedKafka StartKafka()
    {
        var kafka = EmbeddedKafka.Start(new EmbeddedKafkaOptions());
        kafka.CreateTopic(settings.Kafka.TransactionsTopic, TransactionPartitions);
        kafka.CreateTopic(settings.Kafka.LabelsTopic, SmallTopicPartitions);
        var suffix = new KafkaStreamOptions().DeadLetterSuffix;
        kafka.CreateTopic(settings.Kafka.TransactionsTopic + suffix, SmallTopicPartitions);
        kafka.CreateTopic(settings.Kafka.LabelsTopic + suffix, SmallTopicPartitions);
        kafka.CreateTopic("fraud-scores", SmallTopicPartitions);
        return kafka;
    }
}
