using CsCheck;

namespace Levee.Models.Tests;

public sealed class PopulationStabilityTests
{
    [Fact]
    public void A_shift_by_hand()
    {
        // Expected 1 to 10, one a bin; actual ten times 10: ten bins and none for missing values, which no sample has.
        float[] expected = [.. Enumerable.Range(1, 10).Select(value => (float)value)];
        float[] actual = [.. Enumerable.Repeat(10f, 10)];

        // Eleven bins share half a value each: 1.5, 0.5 and 10.5 of 15.5.
        var lost = (0.5 - 1.5) / 15.5 * Math.Log(0.5 / 1.5);
        var won = (10.5 - 1.5) / 15.5 * Math.Log(10.5 / 1.5);
        Assert.Equal((9 * lost) + won, PopulationStability.Index(expected, actual), 1e-12);
    }

    [Fact]
    public void Is_the_divergence_of_the_shares_in_the_deciles()
    {
        var sample = Gen.Select(Gen.Int[0, 30], Gen.Int[0, 5], (value, missing) => missing == 0 ? float.NaN : value / 4f).Array[1, 60];
        Gen.Select(sample, sample).Sample((expected, actual) =>
            Math.Abs(Naive(expected, actual) - PopulationStability.Index(expected, actual)) < 1e-12);
    }

    [Fact]
    public void Missing_values_that_begin_are_a_shift_which_the_distance_of_the_others_does_not_see()
    {
        float[] before = [.. Enumerable.Range(0, 1_000).Select(value => (float)value)];
        var after = before.Select((value, i) => i % 2 == 0 ? float.NaN : value).ToArray();

        Assert.True(PopulationStability.Index(before, after) > 0.25);
        Assert.True(KolmogorovSmirnov.Distance(before, after) < 0.01);
        Assert.Equal(0, PopulationStability.Index(before, before));
    }

    [Fact]
    public void Nothing_has_no_index()
    {
        Assert.True(double.IsNaN(PopulationStability.Index([], [1])));
        Assert.True(double.IsNaN(PopulationStability.Index([1], [])));
    }

    // The bin of a value: the first decile of the expected sample that is not below it, counted by scans.
    private static double Naive(float[] expected, float[] actual)
    {
        var present = expected.Where(value => !float.IsNaN(value)).ToArray();
        var deciles = Enumerable.Range(1, 9)
            .Where(_ => present.Length > 0)
            .Select(decile => present.Where(value => present.Count(other => other <= value) * 10 >= decile * present.Length).Min())
            .ToArray();
        float BinOf(float value) => float.IsNaN(value) ? float.NaN : deciles.Where(end => end >= value).DefaultIfEmpty(float.PositiveInfinity).Min();
        var bins = expected.Concat(actual).Select(BinOf).Distinct().ToArray();
        var all = deciles.Distinct().Count() + 2;
        return bins.Sum(bin =>
        {
            double ShareOf(float[] sample) => (sample.Count(value => BinOf(value).Equals(bin)) + 0.5) / (sample.Length + (0.5 * all));
            return (ShareOf(actual) - ShareOf(expected)) * Math.Log(ShareOf(actual) / ShareOf(expected));
        });
    }
}
