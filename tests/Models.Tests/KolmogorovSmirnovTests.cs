using CsCheck;

namespace Levee.Models.Tests;

public sealed class KolmogorovSmirnovTests
{
    [Fact]
    public void Is_the_greatest_distance_of_the_distribution_functions()
    {
        var sample = Gen.Select(Gen.Int[0, 12], Gen.Bool, (value, missing) => missing && value == 0 ? float.NaN : value / 4f).Array[0, 40];
        Gen.Select(sample, sample).Sample((a, b) =>
        {
            var known = KolmogorovSmirnov.Distance(a, b);
            var first = a.Where(value => !float.IsNaN(value)).ToArray();
            var second = b.Where(value => !float.IsNaN(value)).ToArray();
            if (first.Length == 0 || second.Length == 0)
            {
                return double.IsNaN(known);
            }

            var naive = first.Concat(second).Max(x =>
                Math.Abs(first.Count(value => value <= x) / (double)first.Length - (second.Count(value => value <= x) / (double)second.Length)));
            return Math.Abs(naive - known) < 1e-12;
        });
    }

    [Fact]
    public void Samples_that_do_not_overlap_are_1_apart() => Assert.Equal(1, KolmogorovSmirnov.Distance([1, 2, 3], [4, 5]));
}
