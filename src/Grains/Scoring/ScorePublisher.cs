using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Levee.Features;
using Levee.Storage;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Scoring;

/// <summary>
/// Publishes the scores of arriving transactions, at least once: a consumer recognises a repeated one by its prediction_id.
/// </summary>
internal sealed class ScorePublisher(KafkaOutput output, IOptions<ScoringOptions> options)
{
    private readonly string _topic = options.Value.ScoresTopic;

    /// <summary>Returns when Kafka has every score.</summary>
    public Task PublishAsync(List<PredictionRow> predictions)
    {
        var pending = new Task[predictions.Count];
        for (var i = 0; i < pending.Length; i++)
        {
            var prediction = predictions[i];
            pending[i] = output.ProduceAsync(_topic, new Message<byte[], byte[]>
            {
                Key = Encoding.UTF8.GetBytes(prediction.CustomerId.ToString(CultureInfo.InvariantCulture)),
                Value = Write(prediction),
            });
        }

        return Task.WhenAll(pending);
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
