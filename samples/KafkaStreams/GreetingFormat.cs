using System.Text;
using Levee.Streaming.Kafka;

namespace Levee.Samples.KafkaStreams;

/// <summary>A greeting as a record: the name of who is greeted is the key, the text the value.</summary>
public sealed class GreetingFormat : IKafkaRecordAdapter, IKafkaRecordWriter
{
    /// <inheritdoc />
    public bool TryRead(in KafkaRecord record, out KafkaParsed parsed, out KafkaRejection rejection)
    {
        (parsed, rejection) = (default, new KafkaRejection("expected a key and a value"));
        if (record is not { Key: { } key, Value: { } value })
        {
            return false;
        }

        parsed = new KafkaParsed((Encoding.UTF8.GetString(key), Encoding.UTF8.GetString(value)), record.TimestampMicros);
        return true;
    }

    /// <inheritdoc />
    public void Route(object payload, in KafkaPosition position, ICollection<KafkaStreamEvent> events)
    {
        var (name, text) = ((string, string))payload;
        events.Add(new KafkaStreamEvent(StreamId.Create("greetings", name), text));
    }

    /// <inheritdoc />
    public KafkaOutgoingRecord Write(StreamId stream, object item) =>
        new(Encoding.UTF8.GetBytes(stream.GetKeyAsString()), Encoding.UTF8.GetBytes((string)item));
}
