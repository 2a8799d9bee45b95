using System.Buffers;
using System.Text.Json;
using Levee.Features;
using Levee.Grains;

namespace Levee.Api.Parsing;

/// <summary>
/// Writes a request again with its known fields only. What goes to the prediction log must be storable as jsonb, which refuses some
/// valid JSON (\u0000, huge exponents), and unknown fields may carry what nobody should store, such as whole card numbers.
/// </summary>
internal static class PredictRequestJson
{
    public static byte[] Write(ScoreRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("customer_id"u8, request.CustomerId);
            json.WriteNumber("merchant_id"u8, request.MerchantId);
            json.WriteNumber("amount"u8, request.Amount);
            json.WriteString("currency"u8, request.Currency);
            if (request.TransactionId is { } id)
            {
                json.WriteString("transaction_id"u8, id);
            }

            if (request.EventTimeMicros is { } micros)
            {
                json.WriteString("timestamp"u8, UnixMicros.ToDateTimeOffset(micros));
            }

            WriteText(json, "card_last_4"u8, request.CardLast4);
            WriteText(json, "country"u8, request.Country);
            WriteText(json, "device_type"u8, request.DeviceType);
            if (request.TransactionCount is { } count)
            {
                json.WriteNumber("transaction_count"u8, count);
            }

            if (request.AvgAmount is { } average)
            {
                json.WriteNumber("avg_amount"u8, average);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
