using Confluent.Kafka;

namespace Levee.Streaming.Kafka;

/// <summary>An event that waits for its stream's consumer.</summary>
/// <param name="Payload">The event.</param>
/// <param name="Offset">Offset of its record.</param>
/// <param name="Handle">The record's handle in the partition's <see cref="OffsetTracker"/>.</param>
/// <param name="Message">The record as it came, kept only when a dead letter or a trace may need it.</param>
internal readonly record struct LaneItem(object Payload, long Offset, long Handle, Message<byte[], byte[]>? Message = null);
