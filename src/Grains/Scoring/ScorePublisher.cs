using System.Buffers.Text;
using System.Text.Json;
using Confluent.Kafka;
using Levee.Features;
using Levee.Storage;

namespace Levee.Grains.Scoring;

/// <summary>
/// Publishes the scores of arriving transactions, at least once: a consumer recognises a repeated one by its prediction_id.
/// </summary>
internal sealed class ScorePublisher(KafkaOutput output, ScoresTopic topic)
{
    /// <summary>Returns when Kafka has every score, or at once while the topic does not exist: then the scores are dropped.</summary>
    public async Task PublishAsync(List<PredictionRow> predictions)
    {
        if (!await topic.ExistsAsync())
        {
            topic.Drop(predictions.Count);
            return;
        }

        var messages = new Message<byte[], byte[]>[predictions.Count];
        for (var i = 0; i < messages.Length; i++)
        {
            messages[i] = new Message<byte[], byte[]>
            {
                Key = Key(predictions[i].CustomerId),
                Value = JsonBytes.Of(predictions[i], Write),
            };
        }

        var delivery = output.Produce(topic.Name, messages);
        await delivery.WaitAsync();
        if (delivery.Error is not { } error)
        {
            return;
        }

        if (!ScoresTopic.IsMissing(error))
        {
            throw new KafkaException(error);
        }

        // The topic was deleted meanwhile.
        topic.Drop(delivery.Failed);
    }

    private static byte[] Key(long customerId)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(customerId, digits, out var length);
        return digits[..length].ToArray();
    }

    private static void Write(Utf8JsonWriter json, PredictionRow prediction)
    {
        json.WriteStartObject();
        json.WriteString("prediction_id"u8, prediction.PredictionId);
        json.WriteString("transaction_id"u8, prediction.TransactionId!.Value);
        json.WriteNumber("customer_id"u8, prediction.CustomerId);
        json.WriteNumber("merchant_id"u8, prediction.MerchantId);
        json.WriteString("event_time"u8, UnixMicros.ToDateTimeOffset(prediction.EventTimeMicros));
        json.WriteNumber("is_fraud"u8, prediction.IsFraud ? 1 : 0);
        json.WriteNumber("fraud_probability"u8, prediction.FraudProbability);
        json.WriteString("model_version"u8, prediction.ModelVersion);
        json.WriteBoolean("degraded"u8, prediction.Degraded);
        json.WriteEndObject();
    }
}
