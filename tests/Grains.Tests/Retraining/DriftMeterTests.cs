using Levee.Grains.Retraining;

namespace Levee.Grains.Tests.Retraining;

public sealed class DriftMeterTests
{
    // By hand: 0.9 * 0.1 = 0.09; one other fraud times (0.9 / 1.1 - 0.81) = 0.008182; two other rows times (1.62 / 1.9 - 0.81) = 0.085263; the
    // sum over 2 * 3 is 0.030574.
    [Fact]
    public void The_standard_error_is_that_of_the_formula() => Assert.Equal(Math.Sqrt(0.030574), DriftMeter.StandardError(0.9, 2, 3), 5);

    [Fact]
    public void A_perfect_AUC_has_none_and_more_rows_make_it_smaller()
    {
        Assert.Equal(0, DriftMeter.StandardError(1, 10, 1_000), 12);
        Assert.True(DriftMeter.StandardError(0.9, 40, 1_000) < DriftMeter.StandardError(0.9, 20, 1_000));
    }
}
