using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>Consecutive events of one stream, delivered in one call of the consumer's batch observer.</summary>
[GenerateSerializer, Immutable, Alias("levee.kafka.Batch")]
internal sealed class KafkaBatchContainer : IBatchContainer
{
    [Id(0)]
    private readonly object[] _payloads;

    [Id(1)]
    private readonly long[] _offsets;

    [Id(2)]
    private readonly int _epoch;

    [Id(3)]
    private readonly int _partition;

    [Id(4)]
    private readonly StreamId _streamId;

    public KafkaBatchContainer(StreamId streamId, int epoch, int partition, object[] payloads, long[] offsets)
    {
        _streamId = streamId;
        _epoch = epoch;
        _partition = partition;
        _payloads = payloads;
        _offsets = offsets;
    }

    /// <inheritdoc />
    public StreamId StreamId => _streamId;

    /// <summary>The token of the last event, so that an acknowledgement of the batch covers all of it.</summary>
    public StreamSequenceToken SequenceToken => new KafkaSequenceToken(_epoch, _partition, _offsets[^1]);

    /// <summary>
    /// The events with their tokens. An event of another type throws instead of being left out: left out, it would count as delivered.
    /// </summary>
    /// <typeparam name="T">The consumer's type of event.</typeparam>
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        for (var i = 0; i < _payloads.Length; i++)
        {
            yield return Tuple.Create((T)_payloads[i], (StreamSequenceToken)new KafkaSequenceToken(_epoch, _partition, _offsets[i]));
        }
    }

    /// <inheritdoc />
    public bool ImportRequestContext() => false;
}
