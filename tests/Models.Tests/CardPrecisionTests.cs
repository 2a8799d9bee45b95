using CsCheck;

namespace Levee.Models.Tests;

public sealed class CardPrecisionTests
{
    [Fact]
    public void A_card_counts_once_a_day_and_is_blocked_once_found()
    {
        // Day 1: cards 1 (fraud, 0.9), 2 (0.8), 3 (fraud, 0.1); the first two are inspected: one hit of two.
        // Day 2: card 1 is blocked although it is defrauded again; 2 and 3 are inspected: 3 is a hit, again one of two.
        // Day 3: only card 2 is left: no hit, still divided by two.
        long[] days = [1, 1, 1, 1, 2, 2, 2, 3, 3];
        long[] cards = [1, 1, 2, 3, 1, 2, 3, 2, 3];
        double[] scores = [0.9, 0.2, 0.8, 0.1, 0.99, 0.5, 0.3, 0.9, 0.9];
        bool[] labels = [false, true, false, true, true, false, true, false, true];

        Assert.Equal((0.5 + 0.5 + 0) / 3, CardPrecision.AtK(days, cards, scores, labels, 2), 12);
    }

    [Fact]
    public void It_equals_the_naive_day_by_day_count() =>
        Gen.Int[1, 80].SelectMany(n => Gen.Select(
            Gen.Long[1, 4].Array[n], Gen.Long[1, 12].Array[n], Gen.Int[0, 5].Select(i => i / 5.0).Array[n], Gen.Bool.Array[n], Gen.Int[1, 6]))
        .Sample((days, cards, scores, labels, k) => Assert.Equal(
            NaiveMetrics.CardPrecision(days, cards, scores, labels, k), CardPrecision.AtK(days, cards, scores, labels, k), 12));

    [Fact]
    public void Without_rows_there_is_none() => Assert.Equal(double.NaN, CardPrecision.AtK([], [], [], [], 100));

    [Fact]
    public void Lengths_that_differ_are_refused() =>
        Assert.Throws<ArgumentException>(() => CardPrecision.AtK([1], [1, 2], [0.5], [true], 1));
}
