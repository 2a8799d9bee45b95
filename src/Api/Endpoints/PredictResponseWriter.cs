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

    public static Task WriteAsync(HttpResponse response, ScoreResponse score, TimeSpan elapsed, bool explain)
    {
        // Everything that uses the thread's buffers is done before the first await.
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(512);
        buffer.ResetWrittenCount();
        var json = _json ??= new Utf8JsonWriter(Stream.Null, new JsonWriterOptions { SkipValidation = true });
        json.Reset(buffer);

        json.WriteStartObject();
        WriteScore(json, score, elapsed, explain);
        json.WriteEndObject();
        json.Flush();

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = buffer.WrittenCount;
        buffer.WrittenSpan.CopyTo(response.BodyWriter.GetSpan(buffer.WrittenCount));
        response.BodyWriter.Advance(buffer.WrittenCount);

        // The server flushes what was written when the request ends.
        return Task.CompletedTask;
    }

    /// <summary>Writes the members of an answer.</summary>
    public static void WriteScore(Utf8JsonWriter json, ScoreResponse score, TimeSpan elapsed, bool explain)
    {
        json.WriteNumber("is_fraud"u8, score.IsFraud ? 1 : 0);
        json.WriteNumber("fraud_probability"u8, score.FraudProbability);
        json.WriteNumber("latency_ms"u8, Math.Round(elapsed.TotalMilliseconds, 3));
        json.WriteString("model_version"u8, score.ModelVersion);
        json.WriteString("prediction_id"u8, score.PredictionId);
        json.WriteBoolean("degraded"u8, score.Degraded);
        if (score.Explanation is { } explanation)
        {
            WriteReasons(json, explanation);
        }
        else if (explain)
        {
            json.WriteNull("reasons"u8);
            json.WriteString("reasons_missing"u8, score.WhyNoReasons);
        }
    }

    private static void WriteReasons(Utf8JsonWriter json, ScoreExplanation explanation)
    {
        json.WriteStartArray("reasons"u8);
        foreach (var reason in explanation.Reasons)
        {
            json.WriteStartObject();
            json.WriteString("feature"u8, reason.Feature);
            WriteOptional(json, "value"u8, reason.Value);
            WriteOptional(json, "usual"u8, reason.Usual);
            json.WriteNumber("contribution"u8, reason.Contribution);
            json.WriteString("text"u8, reason.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("reasons_base"u8, explanation.Base);
        json.WriteNumber("reasons_rest"u8, explanation.Rest);
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } given)
        {
            json.WriteNumber(name, given);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
