using CsCheck;
using Levee.Features.Tests.Oracle;

namespace Levee.Features.Tests.Windows;

public sealed class CustomerWindowPropertyTests
{
    private const int Small = 16;
    private const int Ample = 4_096;

    [Theory]
    [InlineData(Ample)]
    [InlineData(Small)]
    public void Any_stream_gives_what_a_naive_scan_gives(int maxExact) =>
        Steps.Stream.Sample(steps => Assert.Null(CustomerComparison.Find(steps, maxExact)), iter: 400);

    [Theory]
    [InlineData(Fault.WindowIncludesItsOldEdge, Ample)]
    [InlineData(Fault.WindowExcludesItsOwnTime, Ample)]
    [InlineData(Fault.LaterEventsCount, Ample)]
    [InlineData(Fault.LaterSequenceAtTheSameTimeCounts, Ample)]
    [InlineData(Fault.FoldedOneCountsTwice, Ample)]
    [InlineData(Fault.DuplicatesCount, Ample)]
    [InlineData(Fault.AmountOfADuplicateIsIgnored, Ample)]
    [InlineData(Fault.TooOldIsFolded, Ample)]
    [InlineData(Fault.DuplicatesAreNotForgotten, Ample)]
    [InlineData(Fault.LateGoesIntoItsMinute, Ample)]
    [InlineData(Fault.ClosedMinutesReopen, Ample)]
    [InlineData(Fault.PopulationDeviation, Ample)]
    [InlineData(Fault.HabitIncludesTheCurrentOne, Ample)]
    [InlineData(Fault.EarlierHabitOfFew, Ample)]
    [InlineData(Fault.EarlierHabitIsNotEarlier, Ample)]
    [InlineData(Fault.TilesEndHalfAnHourEarly, Small)]
    [InlineData(Fault.TileJoinsByItsStart, Small)]
    public void A_window_that_differs_from_the_scan_in_one_rule_is_noticed(Fault fault, int maxExact) =>
        Assert.True(Faults.AreNoticed(Steps.Stream, steps => CustomerComparison.Find(steps, maxExact, fault)), $"Nobody noticed {fault}.");

    [Fact]
    public void Tiles_are_off_by_at_most_the_hour_at_the_far_edge() =>
        Gen.Select(Gen.Long[0, 9 * UnixMicros.PerDay].Array[20, 120], Gen.Long[0, UnixMicros.PerDay]).Sample((ages, ahead) =>
        {
            var (exact, tiled) = (new CustomerWindow(7), new CustomerWindow(7, new CustomerWindowOptions { MaxExactEvents = Small }));
            var times = ages.Select(age => Steps.Start - age).ToArray();
            for (var i = 0; i < times.Length; i++)
            {
                var transaction = Steps.Make(new Step(StepKind.Arrive, 0, 100 + i, i), i + 1, times[i]);
                exact.Fold(transaction, long.MinValue);
                tiled.Fold(transaction, long.MinValue);
            }

            Assert.NotEqual(0, tiled.Tiles.Length);
            Assert.InRange(tiled.Events.Length, 1, Small);
            var asked = Steps.Make(new Step(StepKind.Ask, 0, 50, 1), -1, times.Max() + ahead);
            foreach (var feature in FeatureList.All.Features.Where(f => f is { Source: FeatureSource.Customer, Operation: FeatureOperation.Count }))
            {
                var edge = UnixMicros.Floor(asked.EventTimeMicros - feature.WindowMicros, UnixMicros.PerHour);
                var atEdge = times.Count(time => UnixMicros.Floor(time, UnixMicros.PerHour) == edge);
                Assert.InRange(Value(tiled, asked, feature.Name) - Value(exact, asked, feature.Name), -atEdge, atEdge);
            }
        }, iter: 200);

    [Theory]
    [InlineData(Ample)]
    [InlineData(Small)]
    public void The_order_of_arrival_changes_nothing(int maxExact) =>
        Gen.Select(Gen.Long[0, 20 * UnixMicros.PerDay].Select(age => age / UnixMicros.PerMinute * UnixMicros.PerMinute).Array[1, 90], Gen.Int[0, 1_000_000])
            .Sample((ages, seed) =>
            {
                var transactions = ages.Select((age, i) => Steps.Make(new Step(StepKind.Arrive, 0, 1 + i, i), i + 1, Steps.Start - age)).ToArray();
                var inOrder = Fold(transactions.OrderBy(t => t.EventTimeMicros), maxExact);
                new Random(seed).Shuffle(transactions);
                var shuffled = Fold(transactions, maxExact);

                var asked = Steps.Make(new Step(StepKind.Ask, 0, 50, 1), -1, Steps.Start);
                Assert.Equal(Vector(inOrder, asked), Vector(shuffled, asked));
                Assert.Equal(inOrder.Tiles.ToArray(), shuffled.Tiles.ToArray());
                Assert.Equal(inOrder.Events.Length, shuffled.Events.Length);
            }, iter: 200);

    [Fact]
    public void Every_late_transaction_that_nobody_waits_for_still_counts_in_the_windows()
    {
        var window = new CustomerWindow(7);
        var first = Steps.Make(new Step(StepKind.Arrive, 0, 100, 2), 1, Steps.Start);
        Assert.False(window.Fold(first, Steps.Start - UnixMicros.PerMinute).IsLate);
        var late = Steps.Make(new Step(StepKind.ArriveLate, 0, 300, 2), 2, Steps.Start - UnixMicros.PerHour);
        Assert.True(window.Fold(late, Steps.Start).IsLate);

        var asked = Steps.Make(new Step(StepKind.Ask, 0, 50, 2), -1, Steps.Start);
        Assert.Equal(3, Value(window, asked, "customer_transaction_count_1d"));
        var closed = new List<MinuteFeatures>();
        window.CloseMinutes(long.MaxValue / 2, closed);
        Assert.Equal(1, Assert.Single(closed).TransactionCount);
    }

    [Fact]
    public void A_minute_is_over_exactly_at_its_end()
    {
        var window = new CustomerWindow(7);
        var closed = new List<MinuteFeatures>();
        window.Fold(Steps.Make(new Step(StepKind.Arrive, 0, 100, 2), 1, Steps.Start + UnixMicros.PerMinute - 1), long.MinValue);
        window.CloseMinutes(Steps.Start + UnixMicros.PerMinute - 1, closed);
        Assert.Empty(closed);
        Assert.Equal(Steps.Start + UnixMicros.PerMinute, window.OldestOpenMinuteEndMicros);

        window.CloseMinutes(Steps.Start + UnixMicros.PerMinute, closed);
        Assert.Equal(
            new MinuteFeatures(7, Steps.Start, Steps.Start + UnixMicros.PerMinute, 1, 1m, 1m, 0, null), Assert.Single(closed));
        Assert.Null(window.OldestOpenMinuteEndMicros);
        Assert.True(window.Fold(Steps.Make(new Step(StepKind.Arrive, 0, 100, 2), 2, Steps.Start), long.MinValue).IsLate);
    }

    [Fact]
    public void Another_customers_transaction_is_refused() => Assert.Throws<ArgumentException>(
        () => new CustomerWindow(8).Fold(Steps.Make(new Step(StepKind.Arrive, 0, 100, 2), 1, Steps.Start), long.MinValue));

    private static CustomerWindow Fold(IEnumerable<Transaction> transactions, int maxExact)
    {
        var window = new CustomerWindow(7, new CustomerWindowOptions { MaxExactEvents = maxExact });
        foreach (var transaction in transactions)
        {
            window.Fold(transaction, long.MinValue);
        }

        return window;
    }

    private static double[] Vector(CustomerWindow window, Transaction transaction)
    {
        var vector = new double[FeatureList.All.Count];
        FeatureList.All.Compute(transaction, window, default, vector);
        return vector;
    }

    private static double Value(CustomerWindow window, Transaction transaction, string name) =>
        Vector(window, transaction)[CustomerFeatures.IndexOf(name)];
}
