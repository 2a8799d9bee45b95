using System.Diagnostics;
using Confluent.Kafka;

namespace Levee.Embedded;

/// <summary>Topics as clients see them.</summary>
public static class KafkaTopics
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until every topic exists with its number of partitions, each with a leader.</summary>
    /// <param name="bootstrapServers">Brokers, "host:port" separated by commas.</param>
    /// <param name="topics">Partitions of each topic: at least 1.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="ct">Cancels the wait.</param>
    /// <exception cref="EmbeddedServerException">They are not there in time; the message says what is missing.</exception>
    public static async Task WaitAsync(
        string bootstrapServers, IReadOnlyDictionary<string, int> topics, TimeSpan timeout, CancellationToken ct = default)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers })
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler(static (_, _) => { })
            .Build();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var missing = await Task.Run(() => Missing(admin, topics), ct);
            if (missing is null)
            {
                return;
            }

            if (clock.Elapsed > timeout)
            {
                throw new EmbeddedServerException($"Kafka at {bootstrapServers} is not ready: {missing}.");
            }

            await Task.Delay(PollInterval, ct);
        }
    }

    // One look at everything: asking for a topic by name makes some brokers create it.
    private static string? Missing(IAdminClient admin, IReadOnlyDictionary<string, int> topics)
    {
        Metadata metadata;
        try
        {
            metadata = admin.GetMetadata(RequestTimeout);
        }
        catch (KafkaException error)
        {
            return error.Error.Reason;
        }

        foreach (var (name, partitions) in topics)
        {
            var topic = metadata.Topics.Find(topic => topic.Topic == name);
            var led = topic?.Partitions.Count(partition => partition.Leader >= 0) ?? 0;
            if (led != partitions)
            {
                return topic is null ? $"topic {name} does not exist" : $"topic {name} has {led} of {partitions} partitions";
            }
        }

        return null;
    }
}
