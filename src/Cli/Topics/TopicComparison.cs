using System.Globalization;
using Levee.Grains.Topics;

namespace Levee.Cli.Topics;

/// <summary>Compares topics as they should be with what the brokers have.</summary>
internal static class TopicComparison
{
    /// <summary>The differences, in the order of the topics.</summary>
    public static List<TopicDifference> Of(IEnumerable<WantedTopic> wanted, ClusterState cluster) =>
        [.. wanted.SelectMany(topic => cluster.Topics.TryGetValue(topic.Name, out var state)
            ? Of(topic, state)
            : [new TopicDifference(topic, "topic", Describe(topic), "missing", TopicRemedy.Create)])];

    /// <summary>A topic in a line.</summary>
    public static string Describe(WantedTopic topic) =>
        $"{Text(topic.Partitions)} partitions, {Text(topic.ReplicationFactor)} replicas, " +
        string.Join(", ", topic.Config.Select(setting => $"{setting.Key}={setting.Value}"));

    private static IEnumerable<TopicDifference> Of(WantedTopic topic, TopicState state)
    {
        if (state.Partitions != topic.Partitions)
        {
            var remedy = state.Partitions < topic.Partitions ? TopicRemedy.AddPartitions : TopicRemedy.None;
            yield return new TopicDifference(topic, "partitions", Text(topic.Partitions), Text(state.Partitions), remedy);
        }

        if (state.Replicas != topic.ReplicationFactor)
        {
            yield return new TopicDifference(topic, "replicas", Text(topic.ReplicationFactor), Text(state.Replicas), TopicRemedy.None);
        }

        foreach (var (setting, value) in topic.Config)
        {
            if (state.Config is { } config && (!config.TryGetValue(setting, out var actual) || actual != value))
            {
                yield return new TopicDifference(topic, setting, value, config.GetValueOrDefault(setting, "not known"), TopicRemedy.AlterConfig);
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
