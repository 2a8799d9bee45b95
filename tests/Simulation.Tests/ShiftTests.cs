using Levee.Features;

namespace Levee.Simulation.Tests;

public sealed class ShiftTests
{
    private static readonly DateTimeOffset From = new SimulationOptions().Start.AddDays(30);
    private static readonly long FromMicros = UnixMicros.FromDateTimeOffset(From);

    [Fact]
    public void Fraud_changes_its_pattern_and_nothing_else_changes()
    {
        var shifted = Histories.Of(o => (o.Days, o.ShiftFrom) = (60, From));
        var before = shifted.Where(s => s.Transaction.EventTimeMicros < FromMicros).ToList();
        var after = shifted.Where(s => s.Transaction.EventTimeMicros >= FromMicros).ToList();

        Assert.Equal(
            Histories.Default.Take(before.Count).Select(s => (s.Transaction, s.Kind)), before.Select(s => (s.Transaction, s.Kind)));

        // Who buys what where is as it would have been; only who is behind it may differ.
        Assert.Equal(
            Histories.Default.Skip(before.Count).Where(IsPurchase).Select(s => s.Transaction), after.Where(IsPurchase).Select(s => s.Transaction));

        // What began before the shift may end after it.
        Assert.All(after.Where(s => s.IsFraud && s.Transaction.EventTimeMicros > FromMicros + (2 * UnixMicros.PerHour)), s => Assert.Equal(FraudKind.Quiet, s.Kind));
        Assert.InRange(after.Count(s => s.IsFraud) / (double)after.Count, 0.006, 0.010);

        static bool IsPurchase(SimulatedTransaction s) => s.Kind is FraudKind.None or FraudKind.CompromisedMerchant;
    }

    [Fact]
    public void The_changed_pattern_is_small_and_at_night_and_shows_nothing_new()
    {
        var history = Histories.Of(o => (o.Days, o.ShiftFrom) = (60, From));
        var known = history.Where(s => !s.IsFraud).GroupBy(s => s.Transaction.CustomerId).ToDictionary(g => g.Key, g => g.ToList());
        var quiet = history.Where(s => s.Kind == FraudKind.Quiet).ToList();

        Assert.All(quiet, s => Assert.InRange(UnixMicros.ToDateTimeOffset(s.Transaction.EventTimeMicros).Hour, 1, 4));
        Assert.True(quiet.Average(s => s.Transaction.BaseCents) < 0.5 * history.Where(s => !s.IsFraud).Average(s => s.Transaction.BaseCents));
        var usual = quiet.Count(s => known[s.Transaction.CustomerId].Any(k =>
            k.Transaction.MerchantId == s.Transaction.MerchantId && k.Transaction.DeviceType == s.Transaction.DeviceType));
        Assert.True(usual > 0.85 * quiet.Count, $"{usual} of {quiet.Count}");
    }

    [Fact]
    public void Half_a_shift_leaves_half_of_the_old_fraud()
    {
        var history = Histories.Of(o => (o.Days, o.ShiftFrom, o.ShiftShare, o.FraudRate) = (20, DateTimeOffset.UnixEpoch, 0.5, 0.04));
        var quiet = history.Count(s => s.Kind == FraudKind.Quiet);

        Assert.InRange(quiet / (double)history.Count(s => s.IsFraud), 0.4, 0.6);
    }
}
