using System.Globalization;
using System.Text;

namespace Levee.Streaming.Kafka.Tests;

/// <summary>Writes orders, keyed by customer in decimal; a negative number gets a key that is no number.</summary>
internal sealed class OrderWriter : IKafkaRecordWriter
{
    public KafkaOutgoingRecord Write(StreamId stream, object item)
    {
        var order = (Order)item;
        var key = order.Number < 0 ? "x" : order.Customer.ToString(CultureInfo.InvariantCulture);
        return new KafkaOutgoingRecord(Encoding.UTF8.GetBytes(key), OrderAdapter.Write(order), order.TimeMicros);
    }
}
