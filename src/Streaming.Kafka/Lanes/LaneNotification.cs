using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Tells the pulling agent that a stream has something for it. The agent takes nothing from it but the stream and a token: the events
/// themselves come from the lane's cursors.
/// </summary>
internal sealed class LaneNotification(StreamLane lane) : IBatchContainer
{
    /// <summary>The lane.</summary>
    public StreamLane Lane => lane;

    /// <inheritdoc />
    public StreamId StreamId => Lane.Stream;

    /// <inheritdoc />
    public StreamSequenceToken SequenceToken => new KafkaSequenceToken(Lane.Partition.Epoch, Lane.Partition.Number, Lane.HeadOffset);

    /// <inheritdoc />
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() => [];

    /// <inheritdoc />
    public bool ImportRequestContext() => false;
}
