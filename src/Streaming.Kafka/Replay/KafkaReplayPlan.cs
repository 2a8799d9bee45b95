namespace Levee.Streaming.Kafka;

/// <summary>What a replay of one partition would deliver.</summary>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Partition">Partition number, from 0.</param>
/// <param name="Epoch">Which log the offsets belong to, from 1.</param>
/// <param name="From">The first offset; equal to <paramref name="To"/> when there is nothing to deliver.</param>
/// <param name="To">Everything before this offset is complete; what follows is delivered anyway.</param>
/// <param name="Refusal">Why this partition cannot be replayed, one sentence; null when it can.</param>
public sealed record KafkaReplayPlan(string Topic, int Partition, int Epoch, long From, long To, string? Refusal);
