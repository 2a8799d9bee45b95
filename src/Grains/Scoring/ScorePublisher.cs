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
                Value = Write(prediction),
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

    private static byte[] Write(PredictionRow prediction)
    {
        using var stream = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("prediction_id", prediction.PredictionId);
            json.WriteString("transaction_id", prediction.TransactionId!.Value);
            json.WriteNumber("customer_id", prediction.CustomerId);
            json.WriteNumber("merchant_id", prediction.MerchantId);
            json.WriteString("event_time", UnixMicros.ToDateTimeOffset(prediction.EventTimeMicros));
            json.WriteNumber("is_fraud", prediction.IsFraud ? 1 : 0);
            json.WriteNumber("fraud_probability", prediction.FraudProbability);
            json.WriteString("model_version", prediction.ModelVersion);
            json.WriteBoolean("degraded", prediction.Degraded);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
