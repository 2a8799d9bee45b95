using Levee.Features;

namespace Levee.Simulation.Tests;

public sealed class LiveTests
{
    private static readonly long Noon = UnixMicros.FromDateTimeOffset(new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(0.5, 3_600)]
    [InlineData(7.3, 600)]
    [InlineData(2_000, 5)]
    public void The_rate_is_kept(double rate, int seconds)
    {
        var count = 0;
        var last = Noon;
        foreach (var simulated in new TransactionSimulator(new SimulationOptions()).Live(Noon, rate))
        {
            var time = simulated.Transaction.EventTimeMicros;
            Assert.True(time >= last);
            last = time;
            if (time >= Noon + (seconds * UnixMicros.PerSecond))
            {
                break;
            }

            count++;
        }

        Assert.InRange(count, 0.97 * rate * seconds - 15, (1.03 * rate * seconds) + 15);
    }

    [Fact]
    public void Fraud_is_as_frequent_as_in_a_history()
    {
        var live = new TransactionSimulator(new SimulationOptions()).Live(Noon, 200).Take(100_000).ToList();

        Assert.InRange(live.Count(s => s.IsFraud), 600, 1_000);
        Assert.Equal(100_000, live.Select(s => s.Transaction.TransactionId).Distinct().Count());
        Assert.Contains(live, s => s.Kind == FraudKind.StolenCard);
        Assert.Contains(live, s => s.Kind == FraudKind.CardTesting);
        Assert.Contains(live, s => s.Kind == FraudKind.LargeOneOff);
    }

    [Fact]
    public void Merchants_that_are_compromised_in_the_history_are_so_in_the_live_stream()
    {
        var options = new SimulationOptions
        {
            TransactionsPerCustomerDay = 60,
            StolenCardWeight = 0,
            CardTestingWeight = 0,
            LargeOneOffWeight = 0,
            FraudRate = 0.02,
        };
        var simulator = new TransactionSimulator(options);
        var history = simulator.History(Noon - UnixMicros.PerDay, Noon).ToList();

        var live = simulator.Live(Noon, 1_000).Take(50_000).ToList();

        var then = Compromised(history);
        var now = Compromised(live);
        Assert.NotEmpty(then);
        Assert.True(then.Intersect(now).Count() >= 0.6 * Math.Max(then.Count, now.Count), $"{string.Join(' ', then)} | {string.Join(' ', now)}");

        static HashSet<long> Compromised(List<SimulatedTransaction> all) =>
            [.. all.Where(s => s.IsFraud).Select(s => s.Transaction.MerchantId)];
    }

    [Fact]
    public void Customers_are_those_of_the_history()
    {
        var merchants = Histories.Default.Where(s => !s.IsFraud).GroupBy(s => s.Transaction.CustomerId)
            .ToDictionary(g => g.Key, g => g.Select(s => s.Transaction.MerchantId).ToHashSet());

        var live = new TransactionSimulator(new SimulationOptions()).Live(Noon, 50).Where(s => !s.IsFraud).Take(5_000).ToList();

        Assert.True(live.Count(s => merchants[s.Transaction.CustomerId].Contains(s.Transaction.MerchantId)) > 0.75 * live.Count);
    }

    [Fact]
    public void The_shift_has_fraud_by_day_too()
    {
        var live = new TransactionSimulator(new SimulationOptions { ShiftFrom = DateTimeOffset.UnixEpoch }).Live(Noon, 200).Take(30_000).ToList();

        Assert.InRange(live.Count(s => s.IsFraud), 150, 350);
        Assert.All(live.Where(s => s.IsFraud), s => Assert.Equal(FraudKind.Quiet, s.Kind));
    }
}
