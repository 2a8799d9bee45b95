using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>An event's place in its partition.</summary>
[GenerateSerializer, Immutable, Alias("levee.kafka.Token")]
public sealed class KafkaSequenceToken : StreamSequenceToken
{
    /// <summary>Creates a token.</summary>
    /// <param name="epoch">Which log the offset belongs to, from 1.</param>
    /// <param name="partition">Partition number, from 0.</param>
    /// <param name="offset">Offset in the partition.</param>
    public KafkaSequenceToken(int epoch, int partition, long offset)
    {
        Epoch = epoch;
        Partition = partition;
        SequenceNumber = offset;
    }

    /// <summary>Which log the offset belongs to, from 1.</summary>
    [Id(0)]
    public int Epoch { get; private set; }

    /// <summary>Partition number, from 0.</summary>
    [Id(1)]
    public int Partition { get; private set; }

    /// <summary>Offset in the partition.</summary>
    [Id(2)]
    public override long SequenceNumber { get; protected set; }

    /// <summary>Always 0: a record is one event of a stream.</summary>
    public override int EventIndex
    {
        get => 0;
        protected set
        {
        }
    }

    /// <inheritdoc />
    public override bool Equals(StreamSequenceToken? other) =>
        other is KafkaSequenceToken token
        && token.Epoch == Epoch
        && token.Partition == Partition
        && token.SequenceNumber == SequenceNumber;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Epoch, Partition, SequenceNumber);

    /// <summary>
    /// Compares offsets within one partition and epoch. A token of another partition or epoch counts as newer, so that nothing is
    /// skipped on account of it.
    /// </summary>
    /// <param name="other">The other token.</param>
    public override int CompareTo(StreamSequenceToken? other) =>
        other is KafkaSequenceToken token && token.Epoch == Epoch && token.Partition == Partition
            ? SequenceNumber.CompareTo(token.SequenceNumber)
            : 1;

    /// <inheritdoc />
    public override string ToString() => FormattableString.Invariant($"{Epoch}/{Partition}/{SequenceNumber}");
}
