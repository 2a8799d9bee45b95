namespace Levee.Grains.Topics;

/// <summary>A topic as it should be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Number of partitions, at least 1.</param>
/// <param name="ReplicationFactor">Brokers that keep each partition, at least 1.</param>
/// <param name="Config">Topic settings by their Kafka names.</param>
public sealed record WantedTopic(string Name, int Partitions, int ReplicationFactor, IReadOnlyDictionary<string, string> Config);
