using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Levee.Features;

/// <summary>
/// The one list that says what a feature is: names, order and hash of the vectors that models are trained on and asked with.
/// </summary>
public sealed class FeatureList
{
    // Changes whenever the meaning of an operation changes, so that a model of the old meaning is refused.
    private const int SemanticsVersion = 1;

    // With fewer transactions a mean says little of a habit.
    private const long MinEarlierHabit = 5;

    private static readonly (string Name, long Micros)[] CustomerWindows =
    [
        ("1m", UnixMicros.PerMinute),
        ("10m", 10 * UnixMicros.PerMinute),
        ("1h", UnixMicros.PerHour),
        ("1d", UnixMicros.PerDay),
        ("7d", 7 * UnixMicros.PerDay),
        ("30d", 30 * UnixMicros.PerDay),
    ];

    private static readonly (string Name, long Micros)[] MerchantWindows =
    [
        ("1d", UnixMicros.PerDay), ("7d", 7 * UnixMicros.PerDay), ("30d", 30 * UnixMicros.PerDay),
    ];

    private readonly FeatureDefinition[] _features;
    private readonly int[] _windows;
    private readonly bool _detailed;

    private FeatureList(FeatureDefinition[] features)
    {
        _features = features;
        _detailed = Array.Exists(features, feature => feature.Operation is FeatureOperation.NightShare or FeatureOperation.DistinctMerchants);
        _windows = [.. features.Select(feature => Array.IndexOf(CustomerAggregates.Lengths, feature.WindowMicros))];
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(features))));
    }

    /// <summary>The list in use: every feature that has shown its gain (docs/features.md).</summary>
    public static FeatureList Default { get; } = new([.. Define()]);

    /// <summary>
    /// The default list and the optional features after it, which have shown no gain so far but may on other data. Its vectors take a little
    /// longer.
    /// </summary>
    public static FeatureList All { get; } = new([.. Define(), .. DefineOptional()]);

    /// <summary>The features in the order of the vector.</summary>
    public IReadOnlyList<FeatureDefinition> Features => _features;

    /// <summary>Length of a vector.</summary>
    public int Count => _features.Length;

    /// <summary>SHA-256 of names, order, windows, operations and their meaning's version, 64 hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>The vector of a transaction at its event time, as models see it.</summary>
    /// <param name="transaction">Folded into the customer already or not: it counts once either way. Later events never count.</param>
    /// <param name="customer">The customer's window; null when unknown.</param>
    /// <param name="merchant">The merchant as of the transaction's time.</param>
    /// <param name="vector">Receives <see cref="Count"/> values; NaN where missing.</param>
    /// <param name="overrides">Values of a request that replace live ones.</param>
    /// <exception cref="ArgumentException">The vector has another length.</exception>
    public void Compute(
        Transaction transaction, CustomerWindow? customer, in MerchantSnapshot merchant, Span<float> vector, in FeatureOverrides overrides = default)
    {
        RequireLength(vector.Length);
        var sums = CustomerAggregates.Of(customer, transaction, counted: true, _detailed);
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = (float)Value(i, transaction, sums, merchant, overrides);
        }
    }

    /// <summary>The same in double precision, for comparisons with other implementations.</summary>
    public void Compute(
        Transaction transaction, CustomerWindow? customer, in MerchantSnapshot merchant, Span<double> vector, in FeatureOverrides overrides = default)
    {
        RequireLength(vector.Length);
        var sums = CustomerAggregates.Of(customer, transaction, counted: true, _detailed);
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = Value(i, transaction, sums, merchant, overrides);
        }
    }

    /// <summary>The customer's own windows at a time, without any current transaction: names and values in the list's order.</summary>
    public KeyValuePair<string, double>[] DescribeCustomer(CustomerWindow customer, long atMicros)
    {
        var nobody = new Transaction
        {
            TransactionId = Guid.Empty,
            CustomerId = customer.CustomerId,
            MerchantId = 0,
            Amount = 0,
            Currency = "",
            BaseCents = 0,
            EventTimeMicros = atMicros,
        };
        var sums = CustomerAggregates.Of(customer, nobody, counted: false, detailed: false);
        var values = new List<KeyValuePair<string, double>>();
        for (var i = 0; i < _features.Length; i++)
        {
            if (_features[i].Source == FeatureSource.Customer)
            {
                values.Add(new(_features[i].Name, Value(i, nobody, sums, default, default)));
            }
        }

        return [.. values];
    }

    private double Value(
        int index, Transaction transaction, in CustomerAggregates sums, in MerchantSnapshot merchant, in FeatureOverrides overrides)
    {
        var feature = _features[index];
        return feature.Source switch
        {
            FeatureSource.Customer => CustomerValue(feature.Operation, sums.With[_windows[index]], _windows[index], overrides),
            FeatureSource.Merchant => MerchantValue(feature, transaction.EventTimeMicros, merchant),
            FeatureSource.Habit => HabitValue(feature.Operation, transaction, sums),
            FeatureSource.EarlierHabit => EarlierHabitValue(feature.Operation, transaction, sums),
            _ => TransactionValue(feature.Operation, transaction),
        };
    }

    private static double TransactionValue(FeatureOperation operation, Transaction transaction)
    {
        return operation switch
        {
            FeatureOperation.Amount => transaction.BaseCents / 100.0,
            FeatureOperation.IsNight => UnixMicros.IsNight(transaction.EventTimeMicros) ? 1 : 0,
            FeatureOperation.HourOfDay => UnixMicros.HourOfDay(transaction.EventTimeMicros),
            FeatureOperation.IsWeekend => IsWeekend(transaction.EventTimeMicros) ? 1 : 0,
            FeatureOperation.Currency => CategoryCode.OfLetters(transaction.Currency, length: 3),
            FeatureOperation.Country => CategoryCode.OfLetters(transaction.Country, length: 2),
            FeatureOperation.Device => CategoryCode.OfDevice(transaction.DeviceType),
            _ => throw new InvalidOperationException($"{operation} is not an operation on the transaction alone."),
        };
    }

    // 1970-01-01 was a Thursday: day 2 after it a Saturday.
    private static bool IsWeekend(long micros)
    {
        var day = UnixMicros.Floor(micros, UnixMicros.PerDay) / UnixMicros.PerDay;
        return (((day % 7) + 7) % 7) is 2 or 3;
    }

    private static double CustomerValue(FeatureOperation operation, in WindowSums sums, int window, in FeatureOverrides overrides) => operation switch
    {
        FeatureOperation.Count => window == 0 && overrides.TransactionCount1m is { } count ? count : sums.Count,
        FeatureOperation.Average => window == 0 && overrides.AvgAmount1m is { } average ? average : sums.Average,
        FeatureOperation.Maximum => sums.Maximum,
        FeatureOperation.Deviation => sums.Deviation,
        _ => throw new InvalidOperationException($"{operation} is not an operation on a customer's window."),
    };

    private static double MerchantValue(FeatureDefinition feature, long atMicros, in MerchantSnapshot merchant)
    {
        var (count, frauds) = (feature.WindowMicros / UnixMicros.PerDay) switch
        {
            1 => (merchant.Count1d, merchant.Fraud1d),
            7 => (merchant.Count7d, merchant.Fraud7d),
            _ => (merchant.Count30d, merchant.Fraud30d),
        };
        return feature.Operation switch
        {
            FeatureOperation.Count => count,
            FeatureOperation.FraudRate => count == 0 ? 0 : frauds / (double)count,
            FeatureOperation.FraudRunLength => merchant.FraudRunLength,
            FeatureOperation.FraudRunAge => DaysSince(merchant.FraudRunStartMicros, atMicros),
            FeatureOperation.OrdinaryFraudRunLength => merchant.OrdinaryRunLength,
            FeatureOperation.OrdinaryFraudRunAge => DaysSince(merchant.OrdinaryRunStartMicros, atMicros),
            FeatureOperation.AmountFraudRate => merchant.AlikeCount30d == 0 ? 0 : merchant.AlikeFraud30d / (double)merchant.AlikeCount30d,
            FeatureOperation.DaysSinceLegitimate => DaysSince(merchant.LastLegitimateMicros, atMicros),
            _ => throw new InvalidOperationException($"{feature.Operation} is not an operation on a merchant's window."),
        };
    }

    private static double DaysSince(long? micros, long atMicros) =>
        micros is { } time ? (atMicros - time) / (double)UnixMicros.PerDay : double.NaN;

    private static double EarlierHabitValue(FeatureOperation operation, Transaction transaction, in CustomerAggregates sums)
    {
        var habit = sums.Earlier;
        if (habit.Count < MinEarlierHabit)
        {
            habit = new HabitSums { Count = sums.Habit.Count, SumCents = sums.Habit.SumCents, MaxCents = sums.Habit.MaxCents };
        }

        if (habit.MaxCents == 0)
        {
            return double.NaN;
        }

        var average = habit.SumCents / (double)habit.Count;
        return operation switch
        {
            FeatureOperation.AmountToEarlierAverage => transaction.BaseCents / average,
            FeatureOperation.AmountToEarlierMaximum => transaction.BaseCents / (double)habit.MaxCents,
            FeatureOperation.RecentMaximumToEarlierAverage => sums.RecentMaxCents / average,
            _ => throw new InvalidOperationException($"{operation} is not an operation against the earlier habit."),
        };
    }

    private static double HabitValue(FeatureOperation operation, Transaction transaction, in CustomerAggregates sums) => operation switch
    {
        FeatureOperation.AmountToAverage => sums.Habit.SumCents == 0 ? double.NaN : transaction.BaseCents / 100.0 / sums.Habit.Average,
        FeatureOperation.AmountToMaximum => sums.Habit.MaxCents == 0 ? double.NaN : transaction.BaseCents / (double)sums.Habit.MaxCents,
        FeatureOperation.HourlyVelocity => sums.With[2].Count * 720.0 / sums.With[5].Count,
        FeatureOperation.SecondsSinceLast => sums.PreviousMicros == long.MinValue
            ? double.NaN
            : (transaction.EventTimeMicros - sums.PreviousMicros) / (double)UnixMicros.PerSecond,
        FeatureOperation.IsNewMerchant => sums.KnowsMerchant ? 0 : 1,
        FeatureOperation.IsNewCountry => transaction.Country is null ? double.NaN : sums.KnowsCountry ? 0 : 1,
        FeatureOperation.IsNewDevice => transaction.DeviceType is null ? double.NaN : sums.KnowsDevice ? 0 : 1,
        FeatureOperation.NightShare => sums.Habit.Count == 0 ? double.NaN : sums.Nights / (double)sums.Habit.Count,
        FeatureOperation.DistinctMerchants => sums.Merchants,
        _ => throw new InvalidOperationException($"{operation} is not an operation against the habit."),
    };

    private static IEnumerable<FeatureDefinition> Define()
    {
        yield return new("amount", FeatureSource.Transaction, 0, FeatureOperation.Amount);
        yield return new("is_weekend", FeatureSource.Transaction, 0, FeatureOperation.IsWeekend);
        yield return new("is_night", FeatureSource.Transaction, 0, FeatureOperation.IsNight);
        yield return new("hour_of_day", FeatureSource.Transaction, 0, FeatureOperation.HourOfDay);
        foreach (var (name, micros) in CustomerWindows)
        {
            yield return new($"customer_transaction_count_{name}", FeatureSource.Customer, micros, FeatureOperation.Count);
            yield return new($"customer_avg_amount_{name}", FeatureSource.Customer, micros, FeatureOperation.Average);
            yield return new($"customer_max_amount_{name}", FeatureSource.Customer, micros, FeatureOperation.Maximum);
            yield return new($"customer_amount_std_{name}", FeatureSource.Customer, micros, FeatureOperation.Deviation);
        }

        foreach (var (name, micros) in MerchantWindows)
        {
            yield return new($"merchant_transaction_count_{name}", FeatureSource.Merchant, micros, FeatureOperation.Count);
            yield return new($"merchant_fraud_rate_{name}", FeatureSource.Merchant, micros, FeatureOperation.FraudRate);
        }

        const long month = 30 * UnixMicros.PerDay;
        yield return new("merchant_fraud_run_length_30d", FeatureSource.Merchant, month, FeatureOperation.FraudRunLength);
        yield return new("merchant_fraud_run_age_30d", FeatureSource.Merchant, month, FeatureOperation.FraudRunAge);
        yield return new("merchant_days_since_legitimate_30d", FeatureSource.Merchant, month, FeatureOperation.DaysSinceLegitimate);
        yield return new("merchant_ordinary_fraud_run_length_30d", FeatureSource.Merchant, month, FeatureOperation.OrdinaryFraudRunLength);
        yield return new("merchant_ordinary_fraud_run_age_30d", FeatureSource.Merchant, month, FeatureOperation.OrdinaryFraudRunAge);

        const long habit = CustomerWindow.LongestMicros;
        yield return new("amount_to_customer_avg_30d", FeatureSource.Habit, habit, FeatureOperation.AmountToAverage);
        yield return new("amount_to_customer_max_30d", FeatureSource.Habit, habit, FeatureOperation.AmountToMaximum);
        yield return new("amount_to_customer_earlier_avg", FeatureSource.EarlierHabit, habit, FeatureOperation.AmountToEarlierAverage);
        yield return new("amount_to_customer_earlier_max", FeatureSource.EarlierHabit, habit, FeatureOperation.AmountToEarlierMaximum);
        yield return new("customer_max_7d_to_earlier_avg", FeatureSource.EarlierHabit, habit, FeatureOperation.RecentMaximumToEarlierAverage);
        yield return new("seconds_since_last_transaction", FeatureSource.Habit, habit, FeatureOperation.SecondsSinceLast);
        yield return new("is_new_merchant", FeatureSource.Habit, habit, FeatureOperation.IsNewMerchant);
        yield return new("is_new_country", FeatureSource.Habit, habit, FeatureOperation.IsNewCountry);
        yield return new("is_new_device", FeatureSource.Habit, habit, FeatureOperation.IsNewDevice);
    }

    private static IEnumerable<FeatureDefinition> DefineOptional()
    {
        const long habit = CustomerWindow.LongestMicros;
        yield return new("customer_velocity_1h_30d", FeatureSource.Habit, habit, FeatureOperation.HourlyVelocity);
        yield return new("customer_night_share_30d", FeatureSource.Habit, habit, FeatureOperation.NightShare);
        yield return new("customer_distinct_merchants_1d", FeatureSource.Habit, UnixMicros.PerDay, FeatureOperation.DistinctMerchants);
        yield return new("merchant_amount_fraud_rate_30d", FeatureSource.Merchant, 30 * UnixMicros.PerDay, FeatureOperation.AmountFraudRate);
        yield return new("currency_code", FeatureSource.Transaction, 0, FeatureOperation.Currency);
        yield return new("country_code", FeatureSource.Transaction, 0, FeatureOperation.Country);
        yield return new("device_code", FeatureSource.Transaction, 0, FeatureOperation.Device);
    }

    private static string Canonical(FeatureDefinition[] features)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"semantics {SemanticsVersion}\n");
        foreach (var feature in features)
        {
            text.Append(CultureInfo.InvariantCulture, $"{feature.Name} {feature.Source} {feature.WindowMicros} {feature.Operation}\n");
        }

        return text.ToString();
    }

    private void RequireLength(int length)
    {
        if (length != _features.Length)
        {
            throw new ArgumentException($"A vector has {_features.Length} values, not {length}.");
        }
    }
}
