using System.Diagnostics;
using Levee.Features;

namespace Levee.Simulation.Tests;

public sealed class HistoryTests
{
    private static readonly long Start = UnixMicros.FromDateTimeOffset(new SimulationOptions().Start);

    [Fact]
    public void Sixty_days_of_a_thousand_customers_are_about_150000_transactions()
    {
        var history = Histories.Default;

        Assert.InRange(history.Length, 147_000, 153_000);
        Assert.Equal(history.Length, history.Select(s => s.Transaction.TransactionId).Distinct().Count());
        Assert.True(history.Zip(history.Skip(1)).All(pair => pair.First.Transaction.EventTimeMicros <= pair.Second.Transaction.EventTimeMicros));
        Assert.True(history[0].Transaction.EventTimeMicros >= Start);
        Assert.True(history[^1].Transaction.EventTimeMicros < Start + (60 * UnixMicros.PerDay));
        Assert.Equal(1_000, history.Select(s => s.Transaction.CustomerId).Distinct().Count());
        Assert.InRange(history.Select(s => s.Transaction.MerchantId).Distinct().Count(), 480, 500);
    }

    [Fact]
    public void Every_message_is_read_back_as_it_was()
    {
        foreach (var simulated in Histories.Default.Take(30_000))
        {
            var message = TransactionJson.Write(simulated.Transaction);
            var now = simulated.Transaction.EventTimeMicros;

            Assert.True(TransactionJson.TryParse(message, CurrencyTable.Default, now, out var parsed, out var error), error.ToString());
            Assert.Equal(simulated.Transaction, parsed);
        }
    }

    [Fact]
    public void Fraud_is_as_frequent_as_asked_for_and_of_every_kind()
    {
        var kinds = Histories.Default.CountBy(s => s.Kind).ToDictionary();

        // Campaigns come in bursts: the bounds are wider than those of independent frauds.
        Assert.InRange(Histories.Default.Count(s => s.IsFraud) / (double)Histories.Default.Length, 0.0065, 0.0095);
        foreach (var kind in new[] { FraudKind.StolenCard, FraudKind.CompromisedMerchant, FraudKind.CardTesting, FraudKind.LargeOneOff })
        {
            Assert.InRange(kinds.GetValueOrDefault(kind), 70, 700);
        }

        Assert.False(kinds.ContainsKey(FraudKind.Quiet));
    }

    [Fact]
    public void Without_fraud_there_is_none() =>
        Assert.DoesNotContain(Histories.Of(o => o.FraudRate = 0), s => s.IsFraud);

    [Fact]
    public void One_kind_alone_makes_up_the_whole_rate()
    {
        var history = Histories.Of(o =>
        {
            (o.FraudRate, o.Days) = (0.05, 20);
            (o.StolenCardWeight, o.CompromisedMerchantWeight, o.CardTestingWeight, o.LargeOneOffWeight) = (0, 1, 0, 0);
        });

        Assert.All(history.Where(s => s.IsFraud), s => Assert.Equal(FraudKind.CompromisedMerchant, s.Kind));
        Assert.InRange(history.Count(s => s.IsFraud) / (double)history.Length, 0.03, 0.07);
    }

    [Fact]
    public void No_message_says_what_is_fraud_unless_asked_to()
    {
        Assert.DoesNotContain(Histories.Default, s => s.Transaction.IsFraud is not null);
        Assert.All(Histories.Of(o => o.EarlyLabelShare = 1), s => Assert.Equal(s.IsFraud ? true : null, s.Transaction.IsFraud));
    }

    [Fact]
    public void People_buy_by_day_and_on_saturdays()
    {
        var times = Histories.Default.Where(s => !s.IsFraud).Select(s => UnixMicros.ToDateTimeOffset(s.Transaction.EventTimeMicros)).ToList();
        var hours = times.CountBy(t => t.Hour).ToDictionary();
        var days = times.CountBy(t => t.DayOfWeek).ToDictionary();

        Assert.True(hours[12] > 8 * hours[3], $"{hours[12]} at noon, {hours[3]} at 3");
        Assert.True(hours[18] > 1.1 * hours[15]);
        Assert.True(days[DayOfWeek.Saturday] > 1.2 * days[DayOfWeek.Monday]);
    }

    [Fact]
    public void Customers_have_habits()
    {
        var legitimate = Histories.Default.Where(s => !s.IsFraud).Select(s => s.Transaction).ToList();
        var byCustomer = legitimate.GroupBy(t => t.CustomerId).Where(g => g.Count() >= 50).ToList();

        // Most of a customer's purchases are at a few merchants, in one country, on one or two devices, with one card.
        Assert.InRange(byCustomer.Average(g => TopShare(g.Select(t => (object)t.MerchantId), 12)), 0.7, 0.95);
        Assert.InRange(byCustomer.Average(g => TopShare(g.Select(t => (object)t.Country!), 1)), 0.85, 0.995);
        Assert.InRange(byCustomer.Average(g => TopShare(g.Select(t => (object)t.DeviceType!), 2)), 0.985, 1);
        Assert.All(byCustomer, g => Assert.Single(g.Select(t => t.CardLast4).Distinct()));
        Assert.InRange(legitimate.Count(t => t.Currency == "EUR") / (double)legitimate.Count, 0.75, 0.95);

        // Amounts differ more between customers than chance would have it.
        var means = byCustomer.Select(g => g.Average(t => Math.Log(t.BaseCents))).ToList();
        var spread = Math.Sqrt(means.Average(m => m * m) - (means.Average() * means.Average()));
        Assert.InRange(spread, 0.3, 0.8);
    }

    [Fact]
    public void Some_merchants_are_far_more_popular_than_others()
    {
        var counts = Histories.Default.CountBy(s => s.Transaction.MerchantId).Select(pair => pair.Value).OrderDescending().ToList();

        Assert.True(counts[..50].Sum() > 0.3 * Histories.Default.Length);
        Assert.True(counts[0] > 20 * counts[counts.Count / 2] / 10);
    }

    [Fact]
    public void Stolen_cards_and_card_tests_come_in_bursts()
    {
        var bursts = Histories.Default.Where(s => s.Kind == FraudKind.StolenCard).GroupBy(s => s.Transaction.CustomerId).ToList();
        var tests = Histories.Default.Where(s => s.Kind == FraudKind.CardTesting).GroupBy(s => s.Transaction.CustomerId).ToList();

        Assert.All(bursts, burst => Assert.True(burst.Count() >= 5));
        Assert.All(tests, test => Assert.True(test.Count(s => s.Transaction.BaseCents <= 260) >= 4));
        // Two tests of one card make at least ten.
        Assert.All(tests.Where(test => test.Count() < 10), test =>
        {
            // Tiny, tiny, ..., large.
            var amounts = test.Select(s => s.Transaction.BaseCents).ToList();
            Assert.True(amounts[^1] > amounts[..^1].Max());
            Assert.True(test.Last().Transaction.EventTimeMicros - test.First().Transaction.EventTimeMicros < UnixMicros.PerHour);
        });
    }

    [Fact]
    public void More_than_100000_transactions_are_made_in_a_second()
    {
        var simulator = new TransactionSimulator(new SimulationOptions());
        var best = Enumerable.Range(0, 5).Max(day =>
        {
            var from = Start + (5 * day * UnixMicros.PerDay);
            var clock = Stopwatch.StartNew();
            return simulator.History(from, from + (5 * UnixMicros.PerDay)).Count() / clock.Elapsed.TotalSeconds;
        });

        Assert.True(best > 100_000, $"{best:F0}/s");
    }

    private static double TopShare(IEnumerable<object> values, int top)
    {
        var counts = values.CountBy(v => v).Select(pair => pair.Value).OrderDescending().ToList();
        return counts.Take(top).Sum() / (double)counts.Sum();
    }
}
