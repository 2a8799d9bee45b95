namespace Levee.Streaming.Kafka;

/// <summary>The log that a topic's records come from.</summary>
/// <param name="Id">Names the cluster and, where the cluster has topic ids, the incarnation of the topic.</param>
/// <param name="EndedEpoch">
/// The epoch known to be over although <paramref name="Id"/> is the same (a stored offset lay beyond the log's end); 0 for none.
/// </param>
public readonly record struct KafkaSource(string Id, int EndedEpoch = 0);
