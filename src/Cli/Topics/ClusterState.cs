namespace Levee.Cli.Topics;

/// <summary>What the brokers have.</summary>
/// <param name="Brokers">Number of brokers.</param>
/// <param name="TellsConfig">Whether the brokers describe settings.</param>
/// <param name="Topics">The topics that were asked for and exist, by name.</param>
internal sealed record ClusterState(int Brokers, bool TellsConfig, IReadOnlyDictionary<string, TopicState> Topics);
