using System.Globalization;
using System.Text;
using Levee.Features;
using Levee.Grains.Hosting;
using Levee.Streaming.Kafka;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Streams;

/// <summary>Sends a transaction whose id is already taken by another one to the dead letters.</summary>
internal sealed class ConflictSink(IKafkaDeadLetters deadLetters, IOptions<KafkaOptions> options)
{
    private readonly string _topic = options.Value.TransactionsTopic;

    /// <summary>Returns when Kafka has it.</summary>
    public Task PublishAsync(TransactionRecord record, Transaction transaction) => deadLetters.SendAsync(new KafkaDeadLetter
    {
        Topic = _topic,
        Partition = record.Partition,
        Offset = record.Offset,
        Rejection = new KafkaRejection("already used by a transaction with another customer, merchant or amount", "transaction_id"),
        Key = Encoding.UTF8.GetBytes(record.CustomerId.ToString(CultureInfo.InvariantCulture)),
        Value = TransactionJson.Write(transaction),
    });
}
