using System.Text.Json;
using Levee.Features;
using Levee.Streaming.Kafka;

namespace Levee.Grains.Streams;

/// <summary>
/// Reads labels from Kafka: <c>{"transaction_id":"..","is_fraud":1,"observed_at":"2026-01-31T12:00:00Z","source":"chargeback"}</c>, of
/// which observed_at (default: the record's time) and source (default: "kafka") are optional. They are spread over a fixed number of label grains.
/// </summary>
internal sealed class LabelRecordAdapter(TimeProvider time) : IKafkaRecordAdapter
{
    /// <summary>Label grains that share the work.</summary>
    public const int Buckets = 16;

    private const int MaxSourceLength = 64;

    public bool TryRead(in KafkaRecord record, out KafkaParsed parsed, out KafkaRejection rejection)
    {
        parsed = default;
        try
        {
            using var document = JsonDocument.Parse(record.Value ?? []);
            if (!TryReadLabel(document.RootElement, record.TimestampMicros, out var label, out rejection))
            {
                return false;
            }

            parsed = new KafkaParsed(new LabelRecord { Label = label! }, null);
            return true;
        }
        catch (JsonException)
        {
            rejection = new KafkaRejection("expected a JSON object");
            return false;
        }
    }

    public void Route(object payload, in KafkaPosition position, ICollection<KafkaStreamEvent> events)
    {
        var record = (LabelRecord)payload;
        Span<byte> bytes = stackalloc byte[16];
        record.Label.TransactionId.TryWriteBytes(bytes);
        events.Add(new KafkaStreamEvent(StreamId.Create(StreamNamespaces.Labels, (long)(bytes[15] % Buckets)), record));
    }

    private bool TryReadLabel(JsonElement root, long? recordMicros, out LabelSubmission? label, out KafkaRejection rejection)
    {
        label = null;
        if (root.ValueKind != JsonValueKind.Object)
        {
            rejection = new KafkaRejection("expected a JSON object");
            return false;
        }

        if (!root.TryGetProperty("transaction_id", out var id) || id.ValueKind != JsonValueKind.String || !id.TryGetGuid(out var transactionId))
        {
            rejection = new KafkaRejection("expected a UUID", "transaction_id");
            return false;
        }

        if (!root.TryGetProperty("is_fraud", out var fraud) || ReadFlag(fraud) is not { } isFraud)
        {
            rejection = new KafkaRejection("expected 0, 1, true or false", "is_fraud");
            return false;
        }

        // The record's own time rather than the clock: a redelivered label is then the same label.
        DateTimeOffset? observedAt = recordMicros is { } micros ? UnixMicros.ToDateTimeOffset(micros) : null;
        if (root.TryGetProperty("observed_at", out var observed) && observed.ValueKind != JsonValueKind.Null)
        {
            if (observed.ValueKind != JsonValueKind.String || !observed.TryGetDateTimeOffset(out var value)
                || value > time.GetUtcNow() + TimeSpan.FromMinutes(5))
            {
                rejection = new KafkaRejection("expected an ISO 8601 time that is not in the future", "observed_at");
                return false;
            }

            observedAt = value.ToUniversalTime();
        }

        var source = "kafka";
        if (root.TryGetProperty("source", out var given) && given.ValueKind != JsonValueKind.Null)
        {
            if (given.ValueKind != JsonValueKind.String || given.GetString() is not { Length: > 0 and <= MaxSourceLength } text
                || text.Any(char.IsControl))
            {
                rejection = new KafkaRejection($"expected a text of 1 to {MaxSourceLength} printable characters", "source");
                return false;
            }

            source = text;
        }

        label = new LabelSubmission { TransactionId = transactionId, IsFraud = isFraud, Source = source, ObservedAt = observedAt };
        rejection = default;
        return true;
    }

    private static bool? ReadFlag(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when value.TryGetInt32(out var number) && number is 0 or 1 => value.GetInt32() == 1,
        _ => null,
    };
}
