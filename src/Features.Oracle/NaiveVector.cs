using System.Text;

namespace Levee.Features.Oracle;

/// <summary>Vectors as the oracle sees them, by the names of the features.</summary>
public static class NaiveVector
{
    /// <summary>The vector of a transaction at its event time.</summary>
    /// <param name="names">Names of the features, in the order of the vector.</param>
    /// <param name="transaction">Folded into the customer already or not.</param>
    /// <param name="customer">All that the customer's window was given.</param>
    /// <param name="merchant">The merchant as of the transaction's time.</param>
    /// <param name="overrides">Values of a request that replace live ones.</param>
    /// <exception cref="NotSupportedException">The oracle does not know a feature of that name.</exception>
    public static float[] Of(
        IReadOnlyList<string> names,
        Transaction transaction,
        NaiveCustomer customer,
        in MerchantSnapshot merchant,
        in FeatureOverrides overrides = default) =>
        Of(names, transaction, customer.Features(transaction), merchant, overrides);

    /// <summary>The same of a customer's features that were computed before.</summary>
    public static float[] Of(
        IReadOnlyList<string> names,
        Transaction transaction,
        IReadOnlyDictionary<string, double> ofCustomer,
        in MerchantSnapshot merchant,
        in FeatureOverrides overrides)
    {
        var values = new Dictionary<string, double>(ofCustomer);
        AddTransaction(values, transaction);
        AddMerchant(values, transaction.EventTimeMicros, merchant);
        if (overrides.TransactionCount1m is { } count)
        {
            values["customer_transaction_count_1m"] = count;
        }

        if (overrides.AvgAmount1m is { } average)
        {
            values["customer_avg_amount_1m"] = average;
        }

        var vector = new float[names.Count];
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = values.TryGetValue(names[i], out var value)
                ? (float)value
                : throw new NotSupportedException($"The oracle does not know the feature {names[i]}.");
        }

        return vector;
    }

    private static void AddTransaction(Dictionary<string, double> values, Transaction transaction)
    {
        var time = UnixMicros.ToDateTimeOffset(transaction.EventTimeMicros);
        values["amount"] = transaction.BaseCents / 100.0;
        values["is_weekend"] = time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1 : 0;
        values["is_night"] = time.Hour <= 6 ? 1 : 0;
        values["hour_of_day"] = time.Hour;
        values["currency_code"] = Letters(transaction.Currency);
        values["country_code"] = transaction.Country is { } country ? Letters(country) : double.NaN;
        values["device_code"] = transaction.DeviceType is { } device ? Fnv1a(device) % 1_024 : double.NaN;
    }

    private static double Letters(string text) => text.Select((letter, i) => (letter - 'A') * Math.Pow(26, text.Length - 1 - i)).Sum();

    private static uint Fnv1a(string text) => Encoding.UTF8.GetBytes(text).Aggregate(
        2_166_136_261u, (hash, one) => (uint)(((ulong)(hash ^ one) * 16_777_619) % (1ul << 32)));

    private static void AddMerchant(Dictionary<string, double> values, long at, in MerchantSnapshot merchant)
    {
        values["merchant_transaction_count_1d"] = merchant.Count1d;
        values["merchant_transaction_count_7d"] = merchant.Count7d;
        values["merchant_transaction_count_30d"] = merchant.Count30d;
        values["merchant_fraud_rate_1d"] = Rate(merchant.Fraud1d, merchant.Count1d);
        values["merchant_fraud_rate_7d"] = Rate(merchant.Fraud7d, merchant.Count7d);
        values["merchant_fraud_rate_30d"] = Rate(merchant.Fraud30d, merchant.Count30d);
        values["merchant_fraud_run_length_30d"] = merchant.FraudRunLength;
        values["merchant_fraud_run_age_30d"] = Days(merchant.FraudRunStartMicros, at);
        values["merchant_ordinary_fraud_run_length_30d"] = merchant.OrdinaryRunLength;
        values["merchant_ordinary_fraud_run_age_30d"] = Days(merchant.OrdinaryRunStartMicros, at);
        values["merchant_amount_fraud_rate_30d"] = Rate(merchant.AlikeFraud30d, merchant.AlikeCount30d);
        values["merchant_days_since_legitimate_30d"] = Days(merchant.LastLegitimateMicros, at);
    }

    private static double Days(long? since, long at) => since is null ? double.NaN : (at - since.Value) / (double)UnixMicros.PerDay;

    private static double Rate(long frauds, long count) => count == 0 ? 0 : frauds / (double)count;
}
