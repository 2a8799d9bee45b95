namespace Levee.Cli.Topics;

/// <summary>A topic as the brokers have it.</summary>
/// <param name="Partitions">Number of partitions.</param>
/// <param name="Replicas">Brokers that keep a partition, of the partition with the fewest.</param>
/// <param name="Config">Its settings; null when the brokers do not tell.</param>
internal sealed record TopicState(int Partitions, int Replicas, IReadOnlyDictionary<string, string>? Config);
