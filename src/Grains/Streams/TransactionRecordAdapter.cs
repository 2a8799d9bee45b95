using Levee.Features;
using Levee.Streaming.Kafka;

namespace Levee.Grains.Streams;

/// <summary>Reads transactions from Kafka and routes each to its customer and its merchant.</summary>
internal sealed class TransactionRecordAdapter(CurrencyTable currencies, TimeProvider time) : IKafkaRecordAdapter
{
    public bool TryRead(in KafkaRecord record, out KafkaParsed parsed, out KafkaRejection rejection)
    {
        var now = UnixMicros.FromDateTimeOffset(time.GetUtcNow());
        if (!TransactionJson.TryParse(record.Value, currencies, now, out var transaction, out var error))
        {
            parsed = default;
            rejection = new KafkaRejection(error.Message, error.Field);
            return false;
        }

        parsed = new KafkaParsed(transaction!, transaction!.EventTimeMicros);
        rejection = default;
        return true;
    }

    public void Route(object payload, in KafkaPosition position, ICollection<KafkaStreamEvent> events)
    {
        var record = TransactionMapping.ToRecord((Transaction)payload, position);
        events.Add(new KafkaStreamEvent(StreamId.Create(StreamNamespaces.Customers, record.CustomerId), record));
        events.Add(new KafkaStreamEvent(StreamId.Create(StreamNamespaces.Merchants, record.MerchantId), record));
    }
}
