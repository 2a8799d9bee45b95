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
        try
        {
            using var json = JsonDocument.Parse(prediction.Request);
            var request = json.RootElement;
            var amount = request.GetProperty("amount").GetDecimal();
            var currency = request.GetProperty("currency").GetString()!;
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
            overrides = new FeatureOverrides(
                request.TryGetProperty("transaction_count", out var count) ? count.GetInt32() : null,
                request.TryGetProperty("avg_amount", out var average) ? average.GetDouble() : null);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            return false;
        }
    }

    private static string? Text(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) ? value.GetString() : null;
}
