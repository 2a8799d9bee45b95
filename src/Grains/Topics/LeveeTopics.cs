using System.Globalization;
using Levee.Grains.Hosting;
using Levee.Grains.Scoring;
using Levee.Streaming.Kafka;

namespace Levee.Grains.Topics;

/// <summary>The topics that Levee uses. The one place that lists them.</summary>
public static class LeveeTopics
{
    private const string Retention = "retention.ms";
    private const string Compression = "compression.type";

    /// <summary>Kafka's settings that have a configuration key of their own, with the member of <see cref="TopicOptions"/>.</summary>
    internal static readonly (string Setting, string Member)[] SettingsWithAKey =
    [
        (Retention, nameof(TopicOptions.RetentionDays)),
        (Compression, nameof(TopicOptions.CompressionType)),
    ];

    /// <summary>The dead-letter topic of a topic.</summary>
    /// <param name="topic">Its name.</param>
    public static string DeadLettersOf(string topic) => topic + new KafkaStreamOptions().DeadLetterSuffix;

    /// <summary>The topics, those that are read first.</summary>
    /// <param name="kafka">Names of the topics that are read.</param>
    /// <param name="scoring">Name of the topic of scores, and whether there is one.</param>
    /// <param name="topics">What they should be like.</param>
    public static IReadOnlyList<WantedTopic> Of(KafkaOptions kafka, ScoringOptions scoring, TopicOptions topics)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        ArgumentNullException.ThrowIfNull(scoring);
        ArgumentNullException.ThrowIfNull(topics);
        List<WantedTopic> wanted = [.. new[] { kafka.TransactionsTopic, kafka.LabelsTopic }.SelectMany(name => new[]
        {
            Topic(name, topics.RetentionDays, topics),
            Topic(DeadLettersOf(name), topics.DeadLetterRetentionDays, topics),
        })];
        if (scoring is { ScoreArriving: true, PublishScores: true })
        {
            wanted.Add(Topic(scoring.ScoresTopic, topics.RetentionDays, topics));
        }

        return wanted;
    }

    private static WantedTopic Topic(string name, int retentionDays, TopicOptions topics) =>
        new(name, topics.Partitions, topics.ReplicationFactor, new SortedDictionary<string, string>(topics.Config, StringComparer.Ordinal)
        {
            [Retention] = ((long)TimeSpan.FromDays(retentionDays).TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            [Compression] = topics.CompressionType,
        });
}
