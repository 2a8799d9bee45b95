namespace Levee.Models.Tests;

public sealed class CalibrationTests
{
    [Fact]
    public void Bins_error_and_brier_are_worked_out_by_hand()
    {
        double[] probabilities = [0.05, 0.15, 0.12, 0.95, 1.0];
        bool[] labels = [false, true, false, true, true];

        var bins = Reliability.Bins(probabilities, labels);

        Assert.Equal(new ReliabilityBin(0, 0.1, 1, 0, 0.05), bins[0]);
        Assert.Equal((2, 1, 0.135, 0.5), (bins[1].Rows, bins[1].Frauds, bins[1].MeanProbability, bins[1].FraudRate));
        Assert.Equal((2, 2), (bins[9].Rows, bins[9].Frauds));
        Assert.True(double.IsNaN(bins[5].MeanProbability) && double.IsNaN(bins[5].FraudRate));

        // (1 * 0.05 + 2 * 0.365 + 2 * 0.025) / 5
        Assert.Equal(0.166, Reliability.ExpectedError(probabilities, labels), 1e-12);

        // (0.0025 + 0.7225 + 0.0144 + 0.0025 + 0) / 5
        Assert.Equal(0.14838, Reliability.Brier(probabilities, labels), 1e-12);
        Assert.True(double.IsNaN(Reliability.ExpectedError([], [])));
    }

    [Theory]
    [InlineData("platt")]
    [InlineData("isotonic")]
    public void A_distorted_probability_is_mended_and_keeps_its_order(string kind)
    {
        var random = new Random(4);
        var truth = Enumerable.Range(0, 40_000).Select(_ => Math.Pow(random.NextDouble(), 3)).ToArray();
        var labels = truth.Select(p => random.NextDouble() < p).ToArray();

        // As after a training with a weight of 20 on frauds.
        var distorted = truth.Select(p => 20 * p / ((20 * p) + 1 - p)).ToArray();
        ProbabilityCalibration? calibration = kind == "platt"
            ? PlattCalibration.Fit(distorted.AsSpan(..20_000), labels.AsSpan(..20_000))
            : IsotonicCalibration.Fit(distorted.AsSpan(..20_000), labels.AsSpan(..20_000));

        var mended = distorted[20_000..];
        calibration!.Apply(mended);

        Assert.Equal(kind, calibration.Kind);
        Assert.True(Reliability.ExpectedError(distorted.AsSpan(20_000), labels.AsSpan(20_000)) > 0.2);
        Assert.True(Reliability.ExpectedError(mended, labels.AsSpan(20_000)) < 0.02);
        Assert.Equal(
            BinaryMetrics.LogLoss(truth.AsSpan(20_000), labels.AsSpan(20_000)), BinaryMetrics.LogLoss(mended, labels.AsSpan(20_000)), 0.005);
        Assert.Equal(
            BinaryMetrics.AveragePrecision(distorted.AsSpan(20_000), labels.AsSpan(20_000)),
            BinaryMetrics.AveragePrecision(mended, labels.AsSpan(20_000)),
            1e-9);
    }

    [Fact]
    public void Every_map_strictly_increases_and_is_what_was_stored()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var scores = Enumerable.Range(0, 300).Select(_ => (double)(float)random.NextDouble()).ToArray();
            var labels = scores.Select(s => random.NextDouble() < s * random.NextDouble()).ToArray();
            foreach (var map in (ProbabilityCalibration[])[IsotonicCalibration.Fit(scores, labels)!, PlattCalibration.Fit(scores, labels)!, ProbabilityCalibration.None])
            {
                var sorted = scores.Append(0).Append(1).Distinct().Order().ToArray();
                var mapped = sorted.Select(map.Apply).ToArray();
                Assert.All(mapped, value => Assert.InRange(value, 0, 1));
                Assert.True(mapped.Zip(mapped.Skip(1)).All(p => p.First < p.Second), $"{map.Kind}, seed {seed}");
                var again = ProbabilityCalibration.Create(map.Kind, [.. map.Parameters]);
                Assert.Equal(mapped, sorted.Select(again.Apply));
            }
        }
    }

    [Fact]
    public void Isotonic_blocks_are_worked_out_by_hand()
    {
        // The violators 0.2 (fraud) and 0.4 (not) are pooled: (1 + 0.5) / (2 + 1) at 0.3. The ends shrink to 0.25 and 0.75.
        var map = IsotonicCalibration.Fit([0.1, 0.2, 0.4, 0.8], [false, true, false, true])!;

        Assert.Equal([0, 0.1, 0.3, 0.8, 1, 0, 0.25, 0.5, 0.75, 1], map.Parameters.Select(p => Math.Round(p, 12)));
        Assert.Equal(0.375, map.Apply(0.2), 1e-12);
        Assert.Equal(0.875, map.Apply(0.9), 1e-12);
    }

    [Theory]
    [InlineData(8, 15)]
    [InlineData(0, 1)]
    [InlineData(14, 15)]
    public void Isotonic_counts_all_frauds_among_equal_scores_wherever_they_stand(int first, int second)
    {
        var labels = Enumerable.Range(0, 16).Select(i => i == first || i == second).ToArray();

        var map = IsotonicCalibration.Fit(Enumerable.Repeat(0.25, 16).ToArray(), labels)!;

        Assert.Equal(2.5 / 17, map.Apply(0.25), 1e-12);
    }

    [Fact]
    public void One_class_gives_no_map_and_nonsense_is_refused()
    {
        Assert.Null(PlattCalibration.Fit([0.1, 0.2], [false, false]));
        Assert.Null(IsotonicCalibration.Fit([0.1, 0.2], [true, true]));
        Assert.Throws<ArgumentException>(() => ProbabilityCalibration.Create("platt", [-1, 0]));
        Assert.Throws<ArgumentException>(() => ProbabilityCalibration.Create("isotonic", [0, 1, 1, 0]));
        Assert.Throws<ArgumentException>(() => ProbabilityCalibration.Create("magic", []));
    }
}
