using System.Globalization;
using System.Text.Json;

namespace Levee.Features;

/// <summary>
/// The transaction's JSON: snake_case, one object. Unknown fields are ignored, of a repeated field the last one counts.
/// </summary>
public static class TransactionJson
{
    /// <summary>How far a timestamp may be ahead of the clock, in microseconds: five minutes.</summary>
    public const long MaxAheadMicros = 5 * UnixMicros.PerMinute;

    /// <summary>Longest device type, in characters.</summary>
    public const int MaxDeviceTypeLength = 64;

    /// <summary>Reads a transaction and checks every field.</summary>
    /// <param name="utf8">The message.</param>
    /// <param name="currencies">The currencies that have a rate.</param>
    /// <param name="nowMicros">The clock, microseconds since the Unix epoch.</param>
    /// <param name="transaction">The transaction when the result is true.</param>
    /// <param name="error">The first fault when the result is false.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8, CurrencyTable currencies, long nowMicros, out Transaction? transaction, out FieldError error)
    {
        transaction = null;
        var fields = default(TransactionFields);
        try
        {
            var reader = new Utf8JsonReader(utf8);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                error = new FieldError("message", "expected a JSON object");
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!fields.TryRead(ref reader, out error))
                {
                    return false;
                }
            }

            if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
            {
                error = new FieldError("message", "expected one JSON object");
                return false;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Invalid JSON, or text that is not valid UTF-8.
            error = new FieldError("message", "expected a JSON object in UTF-8");
            return false;
        }

        return fields.TryComplete(currencies, nowMicros, out transaction, out error);
    }

    /// <summary>Writes a transaction as <see cref="TryParse"/> reads it; empty optional fields are left out.</summary>
    public static byte[] Write(Transaction transaction) => JsonBytes.Of(transaction, Write);

    /// <summary>Writes a transaction as one object.</summary>
    public static void Write(Utf8JsonWriter writer, Transaction transaction)
    {
        writer.WriteStartObject();
        writer.WriteString("transaction_id"u8, transaction.TransactionId);
        writer.WriteNumber("customer_id"u8, transaction.CustomerId);
        writer.WriteNumber("merchant_id"u8, transaction.MerchantId);
        writer.WriteNumber("amount"u8, transaction.Amount);
        writer.WriteString("currency"u8, transaction.Currency);
        writer.WriteString("timestamp"u8, FormatTime(transaction.EventTimeMicros));
        WriteOptional(writer, "card_last_4"u8, transaction.CardLast4);
        if (transaction.IsFraud is { } fraud)
        {
            writer.WriteNumber("is_fraud"u8, fraud ? 1 : 0);
        }

        WriteOptional(writer, "country"u8, transaction.Country);
        WriteOptional(writer, "device_type"u8, transaction.DeviceType);
        writer.WriteEndObject();
    }

    /// <summary>A time as ISO 8601 in UTC with microseconds.</summary>
    public static string FormatTime(long micros) =>
        UnixMicros.ToDateTimeOffset(micros).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
