using CsCheck;
using Levee.Features.Tests.Oracle;

namespace Levee.Features.Tests.Windows;

public sealed class MerchantWindowPropertyTests
{
    private const int Small = 16;
    private const int Ample = 16_384;

    [Theory]
    [InlineData(Ample, Ample)]
    [InlineData(Small, Ample)]
    public void Any_stream_gives_what_a_naive_scan_gives(int maxExact, int maxIds) =>
        Steps.Stream.Sample(steps => Assert.Null(MerchantComparison.Find(steps, maxExact, maxIds)), iter: 400);

    [Fact]
    public void Any_busy_hour_gives_what_a_naive_scan_gives() =>
        Steps.Dense.Sample(steps => Assert.Null(MerchantComparison.Find(steps, Small, Small)), iter: 400);

    [Theory]
    [InlineData(Fault.WindowIncludesItsOldEdge, Ample, Ample)]
    [InlineData(Fault.WindowExcludesItsOwnTime, Ample, Ample)]
    [InlineData(Fault.NoLabelDelay, Ample, Ample)]
    [InlineData(Fault.FirstLabelWins, Ample, Ample)]
    [InlineData(Fault.LabelsCountFromTheEvent, Ample, Ample)]
    [InlineData(Fault.RunsNeverBreak, Ample, Ample)]
    [InlineData(Fault.LargeAmountsAreOrdinary, Ample, Ample)]
    [InlineData(Fault.MerchantRemembersForTwoHours, Ample, Ample)]
    [InlineData(Fault.TileJoinsByItsStart, Small, Ample)]
    public void A_window_that_differs_from_the_scan_in_one_rule_is_noticed(Fault fault, int maxExact, int maxIds) =>
        Assert.True(Faults.AreNoticed(Steps.Stream, steps => MerchantComparison.Find(steps, maxExact, maxIds, fault)), $"Nobody noticed {fault}.");

    [Fact]
    public void A_memory_of_ids_without_a_bound_is_noticed() => Assert.True(
        Faults.AreNoticed(Steps.Dense, steps => MerchantComparison.Find(steps, Ample, Small, Fault.MerchantForgetsNoIds)));

    [Fact]
    public void A_label_counts_from_the_later_of_delay_and_observation_until_it_is_corrected()
    {
        var transaction = Steps.Make(new Step(StepKind.Arrive, 0, 100, 2), 1, Steps.Start);
        var window = new MerchantWindow(transaction.MerchantId);
        window.Fold(transaction);
        var delayed = Steps.Start + (7 * UnixMicros.PerDay);
        var corrected = Steps.Start + (9 * UnixMicros.PerDay);
        window.ApplyLabels(new LabelHistory(
            transaction.TransactionId, Steps.Start, [new(false, corrected), new(true, Steps.Start + UnixMicros.PerDay)]));

        Assert.Equal((0, 0), Week(window, delayed - 1));
        Assert.Equal((1, 1), Week(window, delayed));
        Assert.Equal((1, 1), Week(window, corrected - 1));
        Assert.Equal((1, 0), Week(window, corrected));
        Assert.Equal((0, 0), Week(window, delayed + (7 * UnixMicros.PerDay)));
    }

    [Fact]
    public void An_early_label_is_replaced_by_a_history_and_never_comes_back()
    {
        var transaction = Steps.Make(new Step(StepKind.Arrive, 0, 100, 7), 1, Steps.Start);
        Assert.True(transaction.IsFraud);
        var window = new MerchantWindow(transaction.MerchantId);
        window.Fold(transaction);
        var at = Steps.Start + (8 * UnixMicros.PerDay);
        Assert.Equal((1, 1), Week(window, at));

        window.ApplyLabels(new LabelHistory(transaction.TransactionId, Steps.Start, [new(true, Steps.Start), new(false, Steps.Start + 1)]));
        Assert.Equal((1, 0), Week(window, at));
        Assert.Equal(FoldStatus.Duplicate, window.Fold(transaction).Status);
        Assert.Equal((1, 0), Week(MerchantWindow.Deserialize(window.Serialize()), at));
    }

    [Fact]
    public void A_label_that_arrives_before_its_transaction_is_not_lost()
    {
        var transaction = Steps.Make(new Step(StepKind.Arrive, 0, 100, 2), 1, Steps.Start);
        var window = new MerchantWindow(transaction.MerchantId);
        window.ApplyLabels(new LabelHistory(transaction.TransactionId, Steps.Start, [new(true, Steps.Start + 1)]));
        window.Fold(transaction);
        Assert.Equal((1, 1), Week(window, Steps.Start + (8 * UnixMicros.PerDay)));
    }

    [Theory]
    [InlineData(16_384)]
    [InlineData(16)]
    public void A_run_of_frauds_reaches_back_to_the_newest_legitimate_transaction_whose_label_had_time(int maxExact)
    {
        // Day 0 legitimate, then 20 frauds, one each six hours, and today one that nobody knows of yet.
        var window = new MerchantWindow(3, new MerchantWindowOptions { MaxExactEvents = maxExact });
        var transactions = Enumerable.Range(0, 22)
            .Select(i => Steps.Make(new Step(StepKind.Arrive, 0, 100, 2), i + 1, i == 21 ? Day(12) : Steps.Start + (i * 6 * UnixMicros.PerHour)))
            .Select(transaction => transaction with { MerchantId = 3 })
            .ToList();
        transactions.ForEach(transaction => window.Fold(transaction));
        foreach (var fraud in transactions.Skip(1).Take(20))
        {
            window.ApplyLabels(new LabelHistory(fraud.TransactionId, fraud.EventTimeMicros, [new(true, fraud.EventTimeMicros)]));
        }

        // Tiles put what they hold at the middle of its hour.
        var shift = maxExact < transactions.Count ? UnixMicros.PerHour / 2 : 0;
        var all = window.Snapshot(Day(12), 0);
        Assert.Equal((20, Steps.Start + (6 * UnixMicros.PerHour) + shift), (all.FraudRunLength, all.FraudRunStartMicros));
        Assert.Equal(Steps.Start + shift, all.LastLegitimateMicros);
        var early = window.Snapshot(Day(8) + UnixMicros.PerHour, 0);
        Assert.Equal((4, Steps.Start + (6 * UnixMicros.PerHour) + shift), (early.FraudRunLength, early.FraudRunStartMicros));

        var later = window.Snapshot(Day(19), 0);
        Assert.Equal((0, null, Day(12)), (later.FraudRunLength, later.FraudRunStartMicros, later.LastLegitimateMicros));
        var forgotten = window.Snapshot(Day(38) + 1, 0);
        Assert.Equal((0, null, Day(12)), (forgotten.FraudRunLength, forgotten.FraudRunStartMicros, forgotten.LastLegitimateMicros));
        Assert.Null(window.Snapshot(Day(51), 0).LastLegitimateMicros);
    }

    [Theory]
    [InlineData(16_384)]
    [InlineData(16)]
    public void Large_amounts_neither_count_in_an_ordinary_run_nor_end_it(int maxExact)
    {
        // Nineteen of 100 cents, the last two of them frauds; two of 10,000, the first a fraud; one of 300, ordinary and a fraud.
        var window = new MerchantWindow(3, new MerchantWindowOptions { MaxExactEvents = maxExact });
        for (var hour = 0; hour < 22; hour++)
        {
            var cents = hour is 19 or 20 ? 10_000 : hour == 21 ? 300 : 100;
            var at = Steps.Start + (hour * UnixMicros.PerHour);
            var transaction = Steps.Make(new Step(StepKind.Arrive, 0, cents, 2), hour + 1, at) with { MerchantId = 3 };
            window.Fold(transaction);
            if (hour is 17 or 18 or 19 or 21)
            {
                window.ApplyLabels(new LabelHistory(transaction.TransactionId, at, [new(true, at)]) { BaseCents = cents });
            }
        }

        var known = window.Snapshot(Day(8), 100);
        Assert.Equal(1, known.FraudRunLength);
        Assert.Equal(3, known.OrdinaryRunLength);

        // A tile puts what it holds at the middle of its hour.
        Assert.Equal(17, (known.OrdinaryRunStartMicros - Steps.Start) / UnixMicros.PerHour);
        Assert.Equal((19, 2), (known.AlikeCount30d, known.AlikeFraud30d));
        var large = window.Snapshot(Day(8), 8_192);
        Assert.Equal((2, 1), (large.AlikeCount30d, large.AlikeFraud30d));
        Assert.Equal((0, 0), (window.Snapshot(Day(8), 8_191).AlikeCount30d, window.Snapshot(Day(8), 0).AlikeCount30d));
    }

    [Fact]
    public void A_merchant_with_many_transactions_stays_small()
    {
        var window = new MerchantWindow(3, new MerchantWindowOptions { MaxExactEvents = 1_000, MaxIds = 1_000 });
        for (var i = 0; i < 200_000; i++)
        {
            window.Fold(Steps.Make(new Step(StepKind.Arrive, 0, 100, 2), i, Steps.Start + (i * 15 * UnixMicros.PerSecond)) with { MerchantId = 3 });
        }

        Assert.InRange(window.Serialize().Length, 1, 64 * 1_024);
        var snapshot = window.Snapshot(Steps.Start + (41 * UnixMicros.PerDay), 0);
        Assert.InRange(snapshot.Count30d, (30 * 5_760) - 240, (30 * 5_760) + 240);
    }

    [Fact]
    public void Another_merchants_transaction_is_refused() => Assert.Throws<ArgumentException>(
        () => new MerchantWindow(9).Fold(Steps.Make(new Step(StepKind.Arrive, 0, 100, 2), 1, Steps.Start)));

    private static long Day(int day) => Steps.Start + (day * UnixMicros.PerDay);

    private static (long Count, long Frauds) Week(MerchantWindow window, long at)
    {
        var snapshot = window.Snapshot(at, 0);
        return (snapshot.Count7d, snapshot.Fraud7d);
    }
}
