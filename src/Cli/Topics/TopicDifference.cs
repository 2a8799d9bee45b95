using Levee.Grains.Topics;

namespace Levee.Cli.Topics;

/// <summary>One thing in which a topic is not as it should be.</summary>
/// <param name="Topic">The topic as it should be.</param>
/// <param name="Setting">What differs: "topic", "partitions", "replicas" or the name of a setting.</param>
/// <param name="Wanted">As it should be.</param>
/// <param name="Actual">As it is.</param>
/// <param name="Remedy">What mends it.</param>
internal sealed record TopicDifference(WantedTopic Topic, string Setting, string Wanted, string Actual, TopicRemedy Remedy);
