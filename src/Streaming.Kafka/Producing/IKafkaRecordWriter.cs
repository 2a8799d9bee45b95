namespace Levee.Streaming.Kafka;

/// <summary>
/// Turns items that are produced through a stream into records: the counterpart of <see cref="IKafkaRecordAdapter"/>, which one class may
/// implement too. Called by whoever produces, so it must be safe for several threads.
/// </summary>
public interface IKafkaRecordWriter
{
    /// <summary>Writes an item.</summary>
    /// <param name="stream">The stream that it was produced to.</param>
    /// <param name="item">The item.</param>
    /// <exception cref="ArgumentException">The item cannot be written; whoever produces it gets the exception.</exception>
    KafkaOutgoingRecord Write(StreamId stream, object item);
}
