using System.Text.Json;
using Levee.Features;
using Levee.Storage;

namespace Levee.Parity;

/// <summary>The transaction that a served prediction was asked about, from its logged request.</summary>
internal static class LoggedRequest
{
    /// <summary>Reads a request; false when it cannot be read.</summary>
    public static bool TryRead(
        LoggedPrediction prediction, CurrencyTable currencies, out Transaction transaction, out FeatureOverrides overrides)
    {
        overrides = default;
        transaction = null!;
        if (prediction.Request is null)
        {
            return false;
        }

        try
        {
            using var json = JsonDocument.Parse(prediction.Request);
            var request = json.RootElement;
            var amount = request.GetProperty("amount").GetDecimal();
            var currency = Text(request, "currency") ?? currencies.BaseCurrency;
            if (!currencies.TryToBaseCents(amount, currency, out var cents))
            {
                return false;
            }

            transaction = new Transaction
            {
                TransactionId = prediction.TransactionId ?? Guid.Empty,
                CustomerId = prediction.CustomerId,
                MerchantId = prediction.MerchantId,
                Amount = amount,
                Currency = currency,
                BaseCents = cents,
                EventTimeMicros = prediction.EventTimeMicros,
                Country = Text(request, "country"),
                DeviceType = Text(request, "device_type"),
            };
            overrides = new FeatureOverrides(Value(request, "transaction_count")?.GetInt32(), Value(request, "avg_amount")?.GetDouble());
            return true;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static string? Text(JsonElement request, string name) => Value(request, name)?.GetString();

    // Optional fields may also be null.
    private static JsonElement? Value(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
