namespace Levee.Streaming.Kafka;

/// <summary>How far the replay of one partition is.</summary>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Partition">Partition number, from 0.</param>
/// <param name="From">The first offset.</param>
/// <param name="To">The offset at which the replay ends.</param>
/// <param name="Next">Everything before this offset, from <paramref name="From"/> on, has been delivered once more.</param>
/// <param name="State">What it does.</param>
public sealed record KafkaReplayStatus(string Topic, int Partition, long From, long To, long Next, KafkaReplayState State);
