using Levee.Features.Tests.Oracle;
using Levee.Features.Tests.Windows;

namespace Levee.Features.Tests;

public sealed class FeatureListTests
{
    private static readonly FeatureList List = FeatureList.All;

    [Fact]
    public void Names_are_unique_and_in_snake_case()
    {
        Assert.Equal(List.Count, List.Features.Select(feature => feature.Name).Distinct().Count());
        Assert.All(List.Features, feature => Assert.Matches("^[a-z0-9]+(_[a-z0-9]+)*$", feature.Name));
        Assert.Matches("^[0-9a-f]{64}$", List.Hash);
    }

    [Fact]
    public void The_default_list_is_the_beginning_of_all_features_and_both_agree()
    {
        var window = new CustomerWindow(7);
        window.Fold(Arrival(1, Steps.Start), long.MinValue);
        var asked = Arrival(2, Steps.Start + UnixMicros.PerHour);
        var vector = new double[FeatureList.Default.Count];
        FeatureList.Default.Compute(asked, window, default, vector);

        Assert.Equal(FeatureList.Default.Features, List.Features.Take(FeatureList.Default.Count));
        Assert.Equal(vector, Compute(asked, window)[..vector.Length]);
        Assert.NotEqual(FeatureList.Default.Hash, List.Hash);
    }

    [Theory]
    [InlineData("2026-03-06T23:59:59.999999Z", 0, 0, 23)]
    [InlineData("2026-03-07T00:00:00Z", 1, 1, 0)]
    [InlineData("2026-03-08T06:59:59.999999Z", 1, 1, 6)]
    [InlineData("2026-03-08T07:00:00Z", 1, 0, 7)]
    [InlineData("2026-03-09T00:00:00Z", 0, 1, 0)]
    [InlineData("1969-12-27T05:00:00Z", 1, 1, 5)]
    public void Calendar_features_go_by_utc(string time, double weekend, double night, double hour)
    {
        var at = UnixMicros.FromDateTimeOffset(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture));
        var vector = Compute(Arrival(1, at), null);
        Assert.Equal(weekend, vector[CustomerFeatures.IndexOf("is_weekend")]);
        Assert.Equal(night, vector[CustomerFeatures.IndexOf("is_night")]);
        Assert.Equal(hour, vector[CustomerFeatures.IndexOf("hour_of_day")]);
    }

    [Theory]
    [InlineData("AAA", "AA", 0, 0)]
    [InlineData("AAB", "AZ", 1, 25)]
    [InlineData("EUR", "DE", 3_241, 82)]
    [InlineData("ZZZ", "ZZ", 17_575, 675)]
    public void Currency_and_country_are_digits_to_the_base_of_26(string currency, string country, double currencyCode, double countryCode)
    {
        var vector = Compute(Arrival(1, Steps.Start) with { Currency = currency, Country = country }, null);

        Assert.Equal(currencyCode, vector[CustomerFeatures.IndexOf("currency_code")]);
        Assert.Equal(countryCode, vector[CustomerFeatures.IndexOf("country_code")]);
        Assert.Equal(currency, CategoryCode.ToLetters((int)currencyCode, 3));
        Assert.Equal(country, CategoryCode.ToLetters((int)countryCode, 2));
    }

    [Fact]
    public void A_type_of_device_has_the_same_code_for_ever_and_what_is_not_known_has_none()
    {
        // FNV-1a of "a" is e40c292c, of nothing 811c9dc5, of "foobar" bf9cf968.
        Assert.Equal(0xe40c292c % 1_024, CategoryCode.OfDevice("a"));
        Assert.Equal(0x811c9dc5 % 1_024, CategoryCode.OfDevice(""));
        Assert.Equal(0xbf9cf968 % 1_024, CategoryCode.OfDevice("foobar"));
        Assert.Equal(CategoryCode.OfDevice(new string('x', 300)), CategoryCode.OfDevice(new string('x', 300)));
        Assert.Equal(double.NaN, CategoryCode.OfDevice(null));
        Assert.All((string?[])[null, "", "D", "de", "DEU"], country => Assert.Equal(double.NaN, CategoryCode.OfLetters(country, 2)));
    }

    [Fact]
    public void Of_an_unknown_customer_only_the_transaction_counts()
    {
        var vector = Compute(Arrival(1, Steps.Start), null);
        Assert.Equal(vector, Compute(Arrival(1, Steps.Start), new CustomerWindow(7)));
        foreach (var window in new[] { "1m", "10m", "1h", "1d", "7d", "30d" })
        {
            Assert.Equal(1, vector[CustomerFeatures.IndexOf("customer_transaction_count_" + window)]);
            Assert.Equal(1, vector[CustomerFeatures.IndexOf("customer_avg_amount_" + window)]);
            Assert.Equal(double.NaN, vector[CustomerFeatures.IndexOf("customer_amount_std_" + window)]);
        }

        Assert.Equal(double.NaN, vector[CustomerFeatures.IndexOf("seconds_since_last_transaction")]);
        Assert.Equal(double.NaN, vector[CustomerFeatures.IndexOf("amount_to_customer_avg_30d")]);
        Assert.Equal(1, vector[CustomerFeatures.IndexOf("is_new_merchant")]);
        Assert.Equal(0, vector[CustomerFeatures.IndexOf("merchant_fraud_rate_30d")]);
    }

    [Fact]
    public void Values_of_a_request_replace_those_of_the_last_minute_only()
    {
        var live = Compute(Arrival(1, Steps.Start), null);
        var vector = new double[List.Count];
        List.Compute(Arrival(1, Steps.Start), null, default, vector, new FeatureOverrides(9, 5.5));
        live[CustomerFeatures.IndexOf("customer_transaction_count_1m")] = 9;
        live[CustomerFeatures.IndexOf("customer_avg_amount_1m")] = 5.5;
        Assert.Equal(live, vector);
    }

    [Fact]
    public void A_habit_of_less_than_a_cent_makes_no_infinite_ratio()
    {
        var window = new CustomerWindow(7);
        window.Fold(Arrival(1, Steps.Start) with { BaseCents = 0 }, long.MinValue);
        var vector = Compute(Arrival(2, Steps.Start + 1), window);
        Assert.Equal(double.NaN, vector[CustomerFeatures.IndexOf("amount_to_customer_avg_30d")]);
        Assert.Equal(double.NaN, vector[CustomerFeatures.IndexOf("amount_to_customer_max_30d")]);
    }

    [Fact]
    public void A_large_amount_stands_out_from_the_habit_of_two_weeks_ago_even_when_the_last_two_weeks_were_large()
    {
        var window = new CustomerWindow(7);
        for (var i = 1; i <= 10; i++)
        {
            window.Fold(Arrival(i, Steps.Start + (i * UnixMicros.PerDay)) with { BaseCents = i % 2 == 0 ? 1_000 : 2_000 }, long.MinValue);
            window.Fold(Arrival(50 + i, Steps.Start + ((24 + i) * UnixMicros.PerDay / 2) + (12 * UnixMicros.PerDay)) with { BaseCents = 7_500 }, long.MinValue);
        }

        var vector = Compute(Arrival(99, Steps.Start + (30 * UnixMicros.PerDay)) with { BaseCents = 6_000 }, window);
        Assert.Equal(4, vector[CustomerFeatures.IndexOf("amount_to_customer_earlier_avg")]);
        Assert.Equal(3, vector[CustomerFeatures.IndexOf("amount_to_customer_earlier_max")]);
        Assert.Equal(5, vector[CustomerFeatures.IndexOf("customer_max_7d_to_earlier_avg")]);
        Assert.InRange(vector[CustomerFeatures.IndexOf("amount_to_customer_avg_30d")], 1, 2);
    }

    [Fact]
    public void Asking_changes_nothing()
    {
        var window = new CustomerWindow(7);
        window.Fold(Arrival(1, Steps.Start), long.MinValue);
        var before = window.Serialize();
        Compute(Arrival(2, Steps.Start + 1), window);
        List.DescribeCustomer(window, Steps.Start);
        Assert.Equal(before, window.Serialize());
    }

    [Fact]
    public void Asking_allocates_nothing()
    {
        var window = new CustomerWindow(7);
        for (var i = 1; i < 500; i++)
        {
            window.Fold(Arrival(i, Steps.Start + (i * UnixMicros.PerHour)), long.MinValue);
        }

        var asked = Arrival(1_000, Steps.Start + (500 * UnixMicros.PerHour));
        var vector = new float[List.Count];
        List.Compute(asked, window, default, vector);
        var before = GC.GetAllocatedBytesForCurrentThread();
        List.Compute(asked, window, default, vector);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_customer_is_described_without_a_current_transaction()
    {
        var window = new CustomerWindow(7);
        window.Fold(Arrival(1, Steps.Start), long.MinValue);
        window.Fold(Arrival(2, Steps.Start + UnixMicros.PerHour) with { BaseCents = 300 }, long.MinValue);
        var values = List.DescribeCustomer(window, Steps.Start + UnixMicros.PerHour).ToDictionary();
        Assert.Equal(1, values["customer_transaction_count_1h"]);
        Assert.Equal(2, values["customer_transaction_count_1d"]);
        Assert.Equal(2, values["customer_avg_amount_1d"]);
        Assert.Equal(3, values["customer_max_amount_1h"]);
        Assert.DoesNotContain("amount", values.Keys);
    }

    [Fact]
    public void A_vector_of_another_length_is_refused() => Assert.Throws<ArgumentException>(
        () => List.Compute(Arrival(1, Steps.Start), null, default, new float[3]));

    private static Transaction Arrival(int number, long time) => Steps.Make(new Step(StepKind.Arrive, 0, 100, 2), number, time);

    private static double[] Compute(Transaction transaction, CustomerWindow? window)
    {
        var vector = new double[List.Count];
        List.Compute(transaction, window, default, vector);
        return vector;
    }
}
