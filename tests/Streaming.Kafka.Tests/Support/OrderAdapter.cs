using System.Globalization;
using System.Text;

namespace Levee.Streaming.Kafka.Tests;

/// <summary>Sends each order to its customer and to its shop; an order of customer 0 goes nowhere, and those from 1,000 on have two grains each.</summary>
internal sealed class OrderAdapter : IKafkaRecordAdapter
{
    public static byte[] Write(Order order) => Encoding.UTF8.GetBytes(
        FormattableString.Invariant($"{order.Number},{order.Customer},{order.Shop},{order.TimeMicros}"));

    public bool TryRead(in KafkaRecord record, out KafkaParsed parsed, out KafkaRejection rejection)
    {
        parsed = default;
        rejection = default;
        var parts = Encoding.UTF8.GetString(record.Value ?? []).Split(',');
        if (parts[0] == "throw")
        {
            throw new FormatException("a test said so");
        }

        if (parts.Length != 4)
        {
            rejection = new KafkaRejection("not four parts");
            return false;
        }

        var numbers = new long[4];
        for (var i = 0; i < 4; i++)
        {
            if (!long.TryParse(parts[i], CultureInfo.InvariantCulture, out numbers[i]))
            {
                rejection = new KafkaRejection($"'{parts[i]}' is not a number", Field: i == 1 ? "customer" : null);
                return false;
            }
        }

        parsed = new KafkaParsed(new Order((int)numbers[0], numbers[1], numbers[2], numbers[3]), numbers[3]);
        return true;
    }

    public void Route(object payload, in KafkaPosition position, ICollection<KafkaStreamEvent> events)
    {
        var order = (Order)payload with { Position = position };
        if (order.Customer == 0)
        {
            return;
        }

        events.Add(new KafkaStreamEvent(StreamId.Create(order.Customer < 1_000 ? "customers" : "twins", order.Customer), order));
        events.Add(new KafkaStreamEvent(StreamId.Create("shops", order.Shop), order));
    }
}
