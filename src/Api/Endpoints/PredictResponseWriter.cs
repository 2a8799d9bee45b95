using System.Buffers;
using System.Text.Json;
using Levee.Grains;

namespace Levee.Api.Endpoints;

/// <summary>Writes the answer of POST /predict with buffers that each thread keeps.</summary>
internal static class PredictResponseWriter
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    public static Task WriteAsync(HttpResponse response, ScoreResponse score, TimeSpan elapsed)
    {
        // Everything that uses the thread's buffers is done before the first await.
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(512);
        buffer.ResetWrittenCount();
        var json = _json ??= new Utf8JsonWriter(Stream.Null, new JsonWriterOptions { SkipValidation = true });
        json.Reset(buffer);

        json.WriteStartObject();
        json.WriteNumber("is_fraud"u8, score.IsFraud ? 1 : 0);
        json.WriteNumber("fraud_probability"u8, score.FraudProbability);
        json.WriteNumber("latency_ms"u8, Math.Round(elapsed.TotalMilliseconds, 3));
        json.WriteString("model_version"u8, score.ModelVersion);
        json.WriteString("prediction_id"u8, score.PredictionId);
        json.WriteBoolean("degraded"u8, score.Degraded);
        json.WriteEndObject();
        json.Flush();

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = buffer.WrittenCount;
        buffer.WrittenSpan.CopyTo(response.BodyWriter.GetSpan(buffer.WrittenCount));
        response.BodyWriter.Advance(buffer.WrittenCount);

        // The server flushes what was written when the request ends.
        return Task.CompletedTask;
    }
}
