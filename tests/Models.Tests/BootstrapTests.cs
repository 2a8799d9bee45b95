namespace Levee.Models.Tests;

public sealed class BootstrapTests
{
    [Fact]
    public void Values_are_those_of_the_plain_metrics()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var sample = Sample(seed, 400);
            var metrics = Bootstrap.Evaluate(sample, 10, 1);
            var plain = BinaryMetrics.Evaluate(sample.Scores, sample.Labels, sample.Threshold);

            Assert.Equal(NaiveMetrics.Auc(sample.Scores, sample.Labels), metrics[MetricNames.Auc].Value, 1e-12);
            Assert.Equal(NaiveMetrics.AveragePrecision(sample.Scores, sample.Labels), metrics[MetricNames.AveragePrecision].Value, 1e-12);
            Assert.Equal(NaiveMetrics.LogLoss(sample.Scores, sample.Labels), metrics[MetricNames.LogLoss].Value, 1e-12);
            Assert.Equal(
                NaiveMetrics.CardPrecision(sample.Days, sample.Cards, sample.Scores, sample.Labels, 100),
                metrics[MetricNames.CardPrecisionAt100].Value,
                1e-12);
            Assert.Equal(plain.Precision, metrics[MetricNames.Precision].Value, 1e-12);
            Assert.Equal(plain.Recall, metrics[MetricNames.Recall].Value, 1e-12);
            Assert.Equal(plain.F1, metrics[MetricNames.F1].Value, 1e-12);
            Assert.Equal(Reliability.Brier(sample.Scores, sample.Labels), metrics[MetricNames.Brier].Value, 1e-12);
            Assert.Equal(Reliability.ExpectedError(sample.Scores, sample.Labels), metrics[MetricNames.CalibrationError].Value, 1e-12);
            var saved = Enumerable.Range(0, sample.Count).Where(i => sample.Scores[i] >= sample.Threshold)
                .Sum(i => (sample.Labels[i] ? sample.Amounts[i] : 0) - sample.ReviewCost);
            Assert.Equal(saved, metrics[MetricNames.CostSaved].Value, 1e-9);
        }
    }

    [Fact]
    public void Drawing_a_card_twice_is_the_sample_with_its_rows_twice()
    {
        var sample = Sample(3, 300);
        var cards = sample.Cards.Distinct().Order().ToList();
        var weights = cards.Select((_, i) => i % 3).ToArray();
        var rows = new List<int>();
        var numbers = new List<long>();
        for (var i = 0; i < sample.Count; i++)
        {
            for (var copy = 0; copy < weights[cards.IndexOf(sample.Cards[i])]; copy++)
            {
                rows.Add(i);

                // A copy is a card of its own, right behind the first.
                numbers.Add((sample.Cards[i] * 10) + copy);
            }
        }

        var copied = sample.Take(rows) with { Cards = [.. numbers] };
        var weighted = new WeightedMetrics(sample, cards.Select((card, i) => (card, i)).ToDictionary(p => p.card, p => p.i)).Compute(weights);
        var expected = Bootstrap.Evaluate(copied, 10, 1);
        for (var m = 0; m < MetricNames.All.Count; m++)
        {
            Assert.Equal(expected[MetricNames.All[m]].Value, weighted[m], 1e-9);
        }
    }

    [Fact]
    public void Lift_is_worked_out_by_hand()
    {
        // 200 rows: the 1 % are two. Three share the highest score, two of them frauds; there are four frauds in all.
        var scores = new double[200];
        var labels = new bool[200];
        (scores[0], scores[1], scores[2]) = (0.9, 0.9, 0.9);
        (labels[0], labels[1], labels[10], labels[11]) = (true, true, true, true);
        var sample = Make(scores, labels);

        // Of the two rows 4/3 are frauds, against 2 % of all.
        Assert.Equal(4.0 / 3 / 2 / 0.02, Bootstrap.Evaluate(sample, 10, 1)[MetricNames.LiftAt1Percent].Value, 1e-12);
    }

    [Fact]
    public void Intervals_hold_the_value_and_the_same_seed_gives_the_same()
    {
        var sample = Sample(5, 2_000);
        var first = Bootstrap.Evaluate(sample, 200, 7);
        var again = Bootstrap.Evaluate(sample, 200, 7);
        var other = Bootstrap.Evaluate(sample, 200, 8);

        Assert.Equal(first, again);
        Assert.NotEqual(first[MetricNames.Auc], other[MetricNames.Auc]);
        foreach (var name in (string[])[MetricNames.Auc, MetricNames.AveragePrecision, MetricNames.Recall])
        {
            Assert.InRange(first[name].Value, first[name].Low, first[name].High);
            Assert.InRange(first[name].High - first[name].Low, 0.005, 0.5);
        }
    }

    [Fact]
    public void An_interval_covers_the_truth_about_as_often_as_it_says()
    {
        // Scores of frauds and others are uniform on [0.2, 1.2] and [0, 1]: the AUC is 1 - 0.8² / 2.
        var covered = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var labels = Enumerable.Range(0, 800).Select(_ => random.Next(4) == 0).ToArray();
            var scores = labels.Select(label => (random.NextDouble() + (label ? 0.2 : 0)) / 1.2).ToArray();
            var auc = Bootstrap.Evaluate(Make(scores, labels), 200, seed)[MetricNames.Auc];
            covered += auc.Low <= 0.68 && auc.High >= 0.68 ? 1 : 0;
        }

        Assert.InRange(covered, 51, 60);
    }

    [Fact]
    public void A_paired_difference_is_narrower_than_the_intervals_of_its_parts()
    {
        var sample = Sample(9, 2_000);
        var slightlyOther = sample with { Scores = [.. sample.Scores.Select((s, i) => i % 50 == 0 ? 1 - s : s)] };

        var gain = Bootstrap.Compare(sample, slightlyOther, 200, 1)[MetricNames.Auc];
        var alone = Bootstrap.Evaluate(sample, 200, 1)[MetricNames.Auc];

        Assert.Equal(
            BinaryMetrics.Auc(sample.Scores, sample.Labels) - BinaryMetrics.Auc(slightlyOther.Scores, sample.Labels), gain.Value, 1e-12);
        Assert.True(gain.High - gain.Low < alone.High - alone.Low);
        Assert.All(Bootstrap.Compare(sample, sample, 20, 1).Values, same => Assert.True(same.Value == 0 && same.Low == 0 && same.High == 0));
        Assert.Throws<ArgumentException>(() => Bootstrap.Compare(sample, Sample(10, 2_000), 10, 1));
    }

    [Fact]
    public void One_class_has_no_auc_and_no_row_is_an_error()
    {
        var metrics = Bootstrap.Evaluate(Make([0.1, 0.2], [false, false]), 10, 1);

        Assert.True(double.IsNaN(metrics[MetricNames.Auc].Value));
        Assert.True(double.IsNaN(metrics[MetricNames.Auc].Low));
        Assert.Equal(0, metrics[MetricNames.Precision].Value);
        Assert.Throws<ArgumentException>(() => Bootstrap.Evaluate(Make([], []), 10, 1));
        Assert.Throws<ArgumentException>(() => Bootstrap.Evaluate(Make([double.NaN], [true]), 10, 1));
    }

    [Fact]
    public void Curves_run_from_end_to_end()
    {
        var sample = Sample(2, 1_000);
        var roc = Curves.Roc(sample.Scores, sample.Labels, 50);
        var recall = Curves.PrecisionRecall(sample.Scores, sample.Labels, 50);

        Assert.Equal((new CurvePoint(0, 0), new CurvePoint(1, 1)), (roc[0], roc[^1]));
        Assert.Equal(1, recall[^1].X);
        Assert.InRange(roc.Count, 10, 60);
        Assert.True(roc.Zip(roc.Skip(1)).All(p => p.First.X <= p.Second.X && p.First.Y <= p.Second.Y));

        // The area under the thinned curve is the AUC, nearly.
        var area = roc.Zip(roc.Skip(1)).Sum(p => (p.Second.X - p.First.X) * (p.First.Y + p.Second.Y) / 2);
        Assert.Equal(BinaryMetrics.Auc(sample.Scores, sample.Labels), area, 0.01);
    }

    private static EvaluationSample Make(double[] scores, bool[] labels) => new()
    {
        Scores = scores,
        Labels = labels,
        Amounts = [.. scores.Select(_ => 10.0)],
        Days = [.. scores.Select((_, i) => i % 3L)],
        Cards = [.. scores.Select((_, i) => (long)i)],
        Threshold = 0.5,
        ReviewCost = 1,
    };

    private static EvaluationSample Sample(int seed, int rows)
    {
        var random = new Random(seed);
        var labels = Enumerable.Range(0, rows).Select(_ => random.Next(8) == 0).ToArray();
        return new EvaluationSample
        {
            Labels = labels,

            // Rounded, so that scores tie.
            Scores = [.. labels.Select(label => Math.Round(Math.Clamp((random.NextDouble() * 0.8) + (label ? 0.2 : 0), 0, 1), 2))],
            Amounts = [.. labels.Select(_ => (double)random.Next(1, 500))],
            Days = [.. labels.Select(_ => (long)random.Next(4))],
            Cards = [.. labels.Select(_ => (long)random.Next(1, 150))],
            Threshold = 0.7,
            ReviewCost = 5,
        };
    }
}
