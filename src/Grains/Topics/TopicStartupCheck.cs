using Confluent.Kafka;
using Levee.Grains.Hosting;
using Levee.Grains.Scoring;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Topics;

/// <summary>
/// Says once, at the silo's start, which topics do not exist. The streams wait for theirs and scores are not published meanwhile, so that
/// nothing fails, and without this line nobody would know why nothing happens.
/// </summary>
internal sealed partial class TopicStartupCheck(
    IOptions<KafkaOptions> kafka,
    IOptions<ScoringOptions> scoring,
    IOptions<TopicOptions> topics,
    TimeProvider time,
    ILogger<TopicStartupCheck> logger) : BackgroundService
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig(new Dictionary<string, string>(kafka.Value.Client))
        {
            BootstrapServers = kafka.Value.BootstrapServers,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // All topics are asked for: asking for one by name may create it, with the broker's defaults.
                var found = await Task.Run(() => admin.GetMetadata(Timeout), CancellationToken.None);
                Report(found.Topics.Where(topic => !topic.Error.IsError).Select(topic => topic.Topic).ToHashSet());
                return;
            }
            catch (KafkaException)
            {
                // The stream provider says that the brokers are away.
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Report(HashSet<string> existing)
    {
        var missing = LeveeTopics.Of(kafka.Value, scoring.Value, topics.Value).Select(topic => topic.Name).Where(name => !existing.Contains(name));
        if (string.Join(", ", missing) is { Length: > 0 } names)
        {
            LogMissing(logger, kafka.Value.BootstrapServers, names);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka at {Servers} has no topic {Names}: levee topics apply creates what is missing, "
        + "and until then the streams wait and no scores are published")]
    private static partial void LogMissing(ILogger logger, string servers, string names);
}
