using CsCheck;

namespace Levee.Models.Tests;

public sealed class BinaryMetricsTests
{
    // Few distinct scores, so that ties are the rule.
    private static readonly Gen<(double[] Scores, bool[] Labels)> Cases = Gen.Int[0, 60].SelectMany(n => Gen.Select(
        Gen.Int[0, 9].Select(i => i / 10.0).Array[n], Gen.Bool.Array[n]));

    private static readonly double[] Scores = [.1, .4, .35, .8, .4, .4, .05, .8, .9, .2, .1, .2];
    private static readonly bool[] Labels =
        [false, false, true, true, false, true, false, false, true, false, false, true];

    [Fact]
    public void Metrics_equal_those_of_scikit_learn_on_a_small_set()
    {
        var metrics = BinaryMetrics.Evaluate(Scores, Labels, 0.4);

        Assert.Equal(0.7428571428571429, metrics.Auc, 12);
        Assert.Equal(0.6587301587301588, metrics.AveragePrecision, 12);
        Assert.Equal(0.5850251560635386, metrics.LogLoss, 12);
        Assert.Equal(new ConfusionMatrix(3, 3, 4, 2), metrics.Confusion);
        Assert.Equal(0.5, metrics.Precision, 12);
        Assert.Equal(0.6, metrics.Recall, 12);
        Assert.Equal(6.0 / 11, metrics.F1, 12);
        Assert.Equal(12, metrics.Rows);
        Assert.Equal(5, metrics.Frauds);
    }

    [Fact]
    public void Metrics_equal_those_of_scikit_learn_on_a_large_set()
    {
        long state = 12345;
        long Next() => (state = ((state * 1103515245) + 12345) % 2147483648) >> 8;
        var scores = new double[5_000];
        var labels = new bool[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            var (a, b) = (Next() % 1000, Next() % 1000);
            labels[i] = b < a * a / 4000;
            scores[i] = (a / 7) / 150.0;
        }

        var metrics = BinaryMetrics.Evaluate(scores, labels, 0.5);
        Assert.Equal(403, metrics.Frauds);
        Assert.Equal(0.7928471529873566, metrics.Auc, 12);
        Assert.Equal(0.21794597149156855, metrics.AveragePrecision, 12);
        Assert.Equal(0.7309518185192537, metrics.LogLoss, 10);
    }

    [Fact]
    public void Auc_equals_the_share_of_pairs_in_order() =>
        Cases.Sample(c => AssertSame(NaiveMetrics.Auc(c.Scores, c.Labels), BinaryMetrics.Auc(c.Scores, c.Labels)));

    [Fact]
    public void Average_precision_equals_the_naive_sum_over_thresholds() =>
        Cases.Sample(c => AssertSame(NaiveMetrics.AveragePrecision(c.Scores, c.Labels), BinaryMetrics.AveragePrecision(c.Scores, c.Labels)));

    [Fact]
    public void Confusion_equals_counting() =>
        Gen.Select(Cases, Gen.Int[0, 10]).Sample((c, t) =>
        {
            var threshold = t / 10.0;
            var matrix = BinaryMetrics.At(c.Scores, c.Labels, threshold);
            var pairs = c.Scores.Zip(c.Labels).ToList();
            Assert.Equal(pairs.Count(p => p.First >= threshold && p.Second), matrix.TruePositives);
            Assert.Equal(pairs.Count(p => p.First >= threshold && !p.Second), matrix.FalsePositives);
            Assert.Equal(pairs.Count(p => p.First < threshold && p.Second), matrix.FalseNegatives);
            Assert.Equal(pairs.Count(p => p.First < threshold && !p.Second), matrix.TrueNegatives);
        });

    [Fact]
    public void Log_loss_equals_the_naive_mean() =>
        Cases.Sample(c => AssertSame(NaiveMetrics.LogLoss(c.Scores, c.Labels), BinaryMetrics.LogLoss(c.Scores, c.Labels)));

    [Fact]
    public void No_threshold_beats_the_best_one() =>
        Cases.Sample(c =>
        {
            var best = BinaryMetrics.BestF1Threshold(c.Scores, c.Labels);
            if (!c.Labels.Contains(true))
            {
                Assert.Equal(double.NaN, best);
                return;
            }

            var f1 = BinaryMetrics.At(c.Scores, c.Labels, best).F1;
            foreach (var threshold in c.Scores)
            {
                var other = BinaryMetrics.At(c.Scores, c.Labels, threshold).F1;
                Assert.True(threshold > best ? other < f1 + 1e-12 : other <= f1 + 1e-12);
            }
        });

    [Fact]
    public void The_order_of_rows_does_not_matter() =>
        Gen.Select(Cases, Gen.Int).Sample((c, seed) =>
        {
            var order = Enumerable.Range(0, c.Scores.Length).ToArray();
            new Random(seed).Shuffle(order);
            var scores = order.Select(i => c.Scores[i]).ToArray();
            var labels = order.Select(i => c.Labels[i]).ToArray();
            Assert.Equal(BinaryMetrics.Auc(c.Scores, c.Labels), BinaryMetrics.Auc(scores, labels));
            Assert.Equal(BinaryMetrics.AveragePrecision(c.Scores, c.Labels), BinaryMetrics.AveragePrecision(scores, labels));
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_class_has_no_auc(bool label) =>
        Assert.Equal(double.NaN, BinaryMetrics.Auc([0.1, 0.2], [label, label]));

    [Fact]
    public void Scores_that_are_not_numbers_and_lengths_that_differ_are_refused()
    {
        Assert.Throws<ArgumentException>(() => BinaryMetrics.Auc([double.NaN, 1], [true, false]));
        Assert.Throws<ArgumentException>(() => BinaryMetrics.AveragePrecision([1], [true, false]));
        Assert.Throws<ArgumentException>(() => BinaryMetrics.At([1], [true, false], 0.5));
        Assert.Throws<ArgumentException>(() => BinaryMetrics.LogLoss([1], [true, false]));
    }

    private static void AssertSame(double expected, double actual)
    {
        if (double.IsNaN(expected))
        {
            Assert.Equal(double.NaN, actual);
            return;
        }

        Assert.Equal(expected, actual, 12);
    }
}
