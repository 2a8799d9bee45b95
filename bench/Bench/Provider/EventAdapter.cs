using System.Globalization;
using Levee.Features;
using Levee.Streaming.Kafka;

namespace Levee.Bench.Provider;

/// <summary>Reads transactions with the product's parser and routes each to its customer.</summary>
internal sealed class EventAdapter : IKafkaRecordAdapter
{
    public const string Namespace = "bench-customers";

    public bool TryRead(in KafkaRecord record, out KafkaParsed parsed, out KafkaRejection rejection)
    {
        (parsed, rejection) = (default, default);
        if (!TransactionJson.TryParse(
                record.Value, CurrencyTable.Default, long.MaxValue - TransactionJson.MaxAheadMicros, out var transaction, out var error))
        {
            rejection = new KafkaRejection(error.Message, error.Field);
            return false;
        }

        parsed = new KafkaParsed(transaction!, transaction!.EventTimeMicros);
        return true;
    }

    public void Route(object payload, in KafkaPosition position, ICollection<KafkaStreamEvent> events) => events.Add(new KafkaStreamEvent(
        StreamId.Create(Namespace, ((Transaction)payload).CustomerId.ToString(CultureInfo.InvariantCulture)), payload));
}
