using Levee.Features;
using Levee.Streaming.Kafka;

namespace Levee.Grains.Streams;

/// <summary>Between the transaction of the feature code and the message that Orleans carries.</summary>
internal static class TransactionMapping
{
    public static TransactionRecord ToRecord(Transaction transaction, in KafkaPosition position) => new()
    {
        TransactionId = transaction.TransactionId,
        CustomerId = transaction.CustomerId,
        MerchantId = transaction.MerchantId,
        Amount = transaction.Amount,
        Currency = transaction.Currency,
        BaseCents = transaction.BaseCents,
        EventTimeMicros = transaction.EventTimeMicros,
        CardLast4 = transaction.CardLast4,
        IsFraud = transaction.IsFraud,
        Country = transaction.Country,
        DeviceType = transaction.DeviceType,
        Epoch = position.Epoch,
        Partition = position.Partition,
        Offset = position.Offset,
        WatermarkMicros = position.WatermarkMicros,
        IsReplay = position.IsReplay,
    };

    public static Transaction ToTransaction(TransactionRecord record) => new()
    {
        TransactionId = record.TransactionId,
        CustomerId = record.CustomerId,
        MerchantId = record.MerchantId,
        Amount = record.Amount,
        Currency = record.Currency,
        BaseCents = record.BaseCents,
        EventTimeMicros = record.EventTimeMicros,
        CardLast4 = record.CardLast4,
        IsFraud = record.IsFraud,
        Country = record.Country,
        DeviceType = record.DeviceType,
    };

    public static Transaction ToTransaction(ScoreRequest request, long eventTimeMicros) => new()
    {
        TransactionId = request.TransactionId ?? Guid.Empty,
        CustomerId = request.CustomerId,
        MerchantId = request.MerchantId,
        Amount = request.Amount,
        Currency = request.Currency,
        BaseCents = request.BaseCents,
        EventTimeMicros = eventTimeMicros,
        CardLast4 = request.CardLast4,
        Country = request.Country,
        DeviceType = request.DeviceType,
    };
}
