using Levee.Grains.Hosting;
using Levee.Grains.Scoring;
using Levee.Grains.Topics;

namespace Levee.Grains.Tests.Topics;

public sealed class LeveeTopicsTests
{
    private static readonly string[] All = ["transactions", "transactions.dead-letter", "labels", "labels.dead-letter", "fraud-scores"];

    [Fact]
    public void They_are_what_the_options_name()
    {
        var topics = LeveeTopics.Of(new KafkaOptions(), new ScoringOptions(), new TopicOptions());

        Assert.Equal(All, topics.Select(t => t.Name));
        Assert.All(topics, t => Assert.Equal((12, 3, "zstd"), (t.Partitions, t.ReplicationFactor, t.Config["compression.type"])));
        Assert.Equal(["604800000", "2592000000", "604800000", "2592000000", "604800000"], topics.Select(t => t.Config["retention.ms"]));
    }

    [Fact]
    public void Scores_that_are_not_published_need_no_topic()
    {
        var topics = LeveeTopics.Of(
            new KafkaOptions { TransactionsTopic = "cards" }, new ScoringOptions { PublishScores = false }, new TopicOptions());

        Assert.Equal(["cards", "cards.dead-letter", "labels", "labels.dead-letter"], topics.Select(t => t.Name));
    }

    [Fact]
    public void Wrong_options_are_named_by_their_keys()
    {
        var result = new TopicOptionsValidator().Validate(null, new TopicOptions
        {
            Partitions = 0,
            ReplicationFactor = 101,
            RetentionDays = -1,
            DeadLetterRetentionDays = 0,
            CompressionType = "zip",
            Config = { ["retention.ms"] = "1" },
        });

        string[] members = ["Partitions", "ReplicationFactor", "RetentionDays", "DeadLetterRetentionDays", "CompressionType", "Config"];
        Assert.Equal(members.Length, result.Failures!.Count());
        Assert.All(members, member => Assert.Contains(result.Failures!, f => f.StartsWith($"Levee:Kafka:Topics:{member} must", StringComparison.Ordinal)));
        Assert.True(new TopicOptionsValidator().Validate(null, new TopicOptions()).Succeeded);
    }
}
