using System.Globalization;
using Levee.Features;

namespace Levee.Grains.Models;

/// <summary>A feature's value in words that a person reads, beside what is usual.</summary>
internal static class ReasonText
{
    private const double DaysOfHabit = 30;

    /// <summary>What is usual of this customer, as far as the vector itself tells; null when it does not.</summary>
    /// <param name="features">The feature list.</param>
    /// <param name="index">The feature.</param>
    /// <param name="vector">All values.</param>
    public static double? UsualOf(FeatureList features, int index, ReadOnlySpan<float> vector)
    {
        var feature = features.Features[index];
        var isLongest = feature.WindowMicros == CustomerWindow.LongestMicros;
        return (feature.Source, feature.Operation) switch
        {
            (FeatureSource.Customer, FeatureOperation.Count) when !isLongest =>
                OtherCount(features, vector) * feature.WindowMicros / (DaysOfHabit * UnixMicros.PerDay),
            (FeatureSource.Transaction, FeatureOperation.Amount) => OtherAverage(features, vector),
            (FeatureSource.Customer, FeatureOperation.Average) => OtherAverage(features, vector),
            (FeatureSource.Transaction, _) => double.NaN,
            (_, FeatureOperation.IsNewMerchant or FeatureOperation.IsNewCountry or FeatureOperation.IsNewDevice) => double.NaN,
            _ => null,
        };
    }

    /// <summary>The sentence.</summary>
    /// <param name="features">The feature list.</param>
    /// <param name="index">The feature.</param>
    /// <param name="vector">All values.</param>
    /// <param name="usual">What is usual; NaN when there is no such thing.</param>
    public static string Of(FeatureList features, int index, ReadOnlySpan<float> vector, double usual)
    {
        var feature = features.Features[index];
        var value = vector[index];
        var said = feature.Source == FeatureSource.Transaction ? OfTransaction(feature.Operation, value) : OfWindow(feature, value);
        return double.IsFinite(usual) ? $"{said}; usual: {OfUsual(features, feature, vector, usual)}" : said;
    }

    private static string OfTransaction(FeatureOperation operation, float value) => operation switch
    {
        FeatureOperation.Amount => $"amount {Number(value)}",
        FeatureOperation.IsWeekend => value == 0 ? "on a weekday" : "on a weekend",
        FeatureOperation.IsNight => value == 0 ? "by day (UTC)" : "at night (UTC)",
        FeatureOperation.HourOfDay => $"in hour {Number(value)} of the day (UTC)",
        FeatureOperation.Currency when float.IsFinite(value) => $"in currency {CategoryCode.ToLetters((int)value, 3)}",
        FeatureOperation.Country => float.IsFinite(value) ? $"in country {CategoryCode.ToLetters((int)value, 2)}" : "no country given",
        FeatureOperation.Device => float.IsFinite(value) ? "by this type of device" : "no type of device given",
        _ => $"{operation} {Number(value)}",
    };

    private static string OfWindow(FeatureDefinition feature, float value)
    {
        var window = Window(feature.WindowMicros);
        var merchant = feature.Source == FeatureSource.Merchant;
        return (feature.Operation, float.IsNaN(value)) switch
        {
            (FeatureOperation.Count, _) => merchant
                ? $"{Number(value)} transactions at the merchant in {window}, up to a week ago"
                : $"{Number(value)} {(value == 1 ? "transaction" : "transactions")} in {window}",
            (FeatureOperation.Average, _) => $"average amount {Number(value)} in {window}",
            (FeatureOperation.Maximum, _) => $"largest amount {Number(value)} in {window}",
            (FeatureOperation.Deviation, true) => $"too few transactions in {window} for amounts to vary",
            (FeatureOperation.Deviation, _) => $"amounts vary by {Number(value)} in {window}",
            (FeatureOperation.FraudRate, _) => $"{Percent(value)} known frauds at the merchant in {window}, up to a week ago",
            (FeatureOperation.FraudRunLength, _) => $"the merchant's last {Number(value)} known transactions were frauds",
            (FeatureOperation.FraudRunAge, true) => "no unbroken run of known frauds at the merchant",
            (FeatureOperation.FraudRunAge, _) => $"the merchant's run of known frauds began {Number(value)} days ago",
            (FeatureOperation.OrdinaryFraudRunLength, _) => $"the merchant's last {Number(value)} known transactions of ordinary amounts were frauds",
            (FeatureOperation.OrdinaryFraudRunAge, true) => "no unbroken run of known frauds of ordinary amounts at the merchant",
            (FeatureOperation.OrdinaryFraudRunAge, _) =>
                $"the merchant's run of known frauds of ordinary amounts began {Number(value)} days ago",
            (FeatureOperation.AmountFraudRate, _) => $"{Percent(value)} known frauds among such amounts at the merchant in {window}, up to a week ago",
            (FeatureOperation.DaysSinceLegitimate, true) => "no known legitimate transaction at the merchant",
            (FeatureOperation.DaysSinceLegitimate, _) => $"the merchant's last known legitimate transaction was {Number(value)} days ago",
            (FeatureOperation.AmountToAverage or FeatureOperation.AmountToEarlierAverage, true) => "no earlier amounts to compare with",
            (FeatureOperation.AmountToMaximum or FeatureOperation.AmountToEarlierMaximum, true) => "no earlier amounts to compare with",
            (FeatureOperation.RecentMaximumToEarlierAverage, true) => "no earlier amounts to compare with",
            (FeatureOperation.AmountToAverage, _) => $"{Number(value)} times the customer's average amount",
            (FeatureOperation.AmountToMaximum, _) => $"{Number(value)} times the customer's largest amount",
            (FeatureOperation.AmountToEarlierAverage, _) => $"{Number(value)} times the customer's average amount of two weeks ago and before",
            (FeatureOperation.AmountToEarlierMaximum, _) => $"{Number(value)} times the customer's largest amount of two weeks ago and before",
            (FeatureOperation.RecentMaximumToEarlierAverage, _) => $"largest amount of the last 7 days {Number(value)} times the average before",
            (FeatureOperation.HourlyVelocity, _) => $"{Number(value)} times the customer's usual transactions an hour",
            (FeatureOperation.SecondsSinceLast, true) => "the customer's first transaction in 30 days",
            (FeatureOperation.SecondsSinceLast, _) => $"{Span(value)} after the transaction before",
            (FeatureOperation.IsNewMerchant, _) => value == 0 ? "a merchant the customer knows" : "a merchant that is new to the customer",
            (FeatureOperation.IsNewCountry, true) => "no country given",
            (FeatureOperation.IsNewCountry, _) => value == 0 ? "a country the customer knows" : "a country that is new to the customer",
            (FeatureOperation.IsNewDevice, true) => "no type of device given",
            (FeatureOperation.IsNewDevice, _) => value == 0 ? "a type of device the customer knows" : "a type of device that is new to the customer",
            (FeatureOperation.NightShare, _) => $"{Percent(value)} of the customer's transactions are at night",
            (FeatureOperation.DistinctMerchants, _) => $"{Number(value)} merchants in {window}",
            _ => $"{feature.Name} {Number(value)}",
        };
    }

    private static string OfUsual(FeatureList features, FeatureDefinition feature, ReadOnlySpan<float> vector, double usual) => feature.Operation switch
    {
        FeatureOperation.Count when feature.Source == FeatureSource.Customer && UsualOf(features, IndexOf(features, feature), vector) is not null =>
            Rate(OtherCount(features, vector)),
        FeatureOperation.FraudRate or FeatureOperation.AmountFraudRate or FeatureOperation.NightShare => Percent(usual),
        FeatureOperation.SecondsSinceLast => Span(usual),
        _ => Number(usual),
    };

    // Transactions of 30 days as a rate that a person grasps.
    private static string Rate(double ofHabit) =>
        ofHabit >= DaysOfHabit ? $"{Number(ofHabit / DaysOfHabit)} a day" : $"{Number(ofHabit)} in 30 days";

    // The windows include the transaction itself; what is usual does not.
    private static double OtherCount(FeatureList features, ReadOnlySpan<float> vector) =>
        Math.Max(0, Value(features, FeatureOperation.Count, vector) - 1);

    private static double OtherAverage(FeatureList features, ReadOnlySpan<float> vector)
    {
        var count = Value(features, FeatureOperation.Count, vector);
        var amount = vector[IndexOf(features, features.Features.Single(f => f.Operation == FeatureOperation.Amount))];
        return count > 1 ? ((Value(features, FeatureOperation.Average, vector) * count) - amount) / (count - 1) : double.NaN;
    }

    private static double Value(FeatureList features, FeatureOperation operation, ReadOnlySpan<float> vector)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            if (features.Features[i] is { Source: FeatureSource.Customer, WindowMicros: CustomerWindow.LongestMicros } longest && longest.Operation == operation)
            {
                return vector[i];
            }
        }

        return double.NaN;
    }

    private static int IndexOf(FeatureList features, FeatureDefinition feature)
    {
        var index = 0;
        while (features.Features[index] != feature)
        {
            index++;
        }

        return index;
    }

    private static string Window(long micros) => micros switch
    {
        UnixMicros.PerMinute => "1 minute",
        < UnixMicros.PerHour => $"{micros / UnixMicros.PerMinute} minutes",
        UnixMicros.PerHour => "1 hour",
        UnixMicros.PerDay => "1 day",
        _ => $"{micros / UnixMicros.PerDay} days",
    };

    private static string Span(double seconds) => seconds switch
    {
        < 120 => $"{Number(seconds)} seconds",
        < 7_200 => $"{Number(seconds / 60)} minutes",
        < 172_800 => $"{Number(seconds / 3_600)} hours",
        _ => $"{Number(seconds / 86_400)} days",
    };

    private static string Percent(double share) => Number(share * 100) + " %";

    private static string Number(double value) => value.ToString(Math.Abs(value) < 100 ? "0.##" : "0", CultureInfo.InvariantCulture);
}
