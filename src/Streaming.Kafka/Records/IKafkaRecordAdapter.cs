namespace Levee.Streaming.Kafka;

/// <summary>
/// Turns the records of one topic into stream events. Called by the consumer's thread alone, in offset order within a partition, so it
/// should do no I/O.
/// </summary>
public interface IKafkaRecordAdapter
{
    /// <summary>
    /// Reads a record. Bad input is answered with false, not with an exception; an exception counts as a rejection all the same.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="parsed">The event and its time when the result is true.</param>
    /// <param name="rejection">Why the record is not usable when the result is false.</param>
    /// <returns>True when the record was read; false sends it to the dead-letter topic.</returns>
    bool TryRead(in KafkaRecord record, out KafkaParsed parsed, out KafkaRejection rejection);

    /// <summary>
    /// Adds the streams that the event goes to, with a payload for each. The record's offset is complete when every one of them has
    /// acknowledged it; with no stream added it is complete at once. Must give the same result for the same record every time.
    /// </summary>
    /// <param name="payload">What <see cref="TryRead"/> returned.</param>
    /// <param name="position">The record's position, with the watermark as it stands with this record.</param>
    /// <param name="events">Receives the events; at most one for each stream.</param>
    void Route(object payload, in KafkaPosition position, ICollection<KafkaStreamEvent> events);
}
