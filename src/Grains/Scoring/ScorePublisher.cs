using System.Globalization;
using System.Text;
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

        var pending = new Task[predictions.Count];
        for (var i = 0; i < pending.Length; i++)
        {
            var prediction = predictions[i];
            pending[i] = output.ProduceAsync(topic.Name, new Message<byte[], byte[]>
            {
                Key = Encoding.UTF8.GetBytes(prediction.CustomerId.ToString(CultureInfo.InvariantCulture)),
                Value = JsonBytes.Of(prediction, Write),
            });
        }

        try
        {
            await Task.WhenAll(pending);
        }
        catch (ProduceException<byte[], byte[]> exception) when (ScoresTopic.IsMissing(exception.Error))
        {
            // The topic was deleted meanwhile.
            topic.Drop(pending.Count(task => task.IsFaulted));
        }
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
