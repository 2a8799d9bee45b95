namespace Levee.Streaming.Kafka;

/// <summary>An event on its way from the consumer's thread to its lane.</summary>
/// <param name="Stream">The stream it goes to.</param>
/// <param name="Item">The event.</param>
internal readonly record struct RoutedEvent(StreamId Stream, LaneItem Item);
