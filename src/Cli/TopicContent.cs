using Confluent.Kafka;

namespace Levee.Cli;

/// <summary>What a topic held when it was read.</summary>
/// <param name="Records">By partition and offset.</param>
/// <param name="IsComplete">False when there was more than was asked for.</param>
internal sealed record TopicContent(IReadOnlyList<ConsumeResult<byte[]?, byte[]?>> Records, bool IsComplete);
