using CsCheck;

namespace Levee.Models.Tests;

public sealed class TreeEnsembleTests
{
    [Fact]
    public void Single_rows_and_batches_equal_the_naive_walk_to_the_bit() =>
        Gen.Int.Sample(seed =>
        {
            var random = new Random(seed);
            var features = random.Next(1, 12);
            var ensemble = TreeEnsemble.Create(RandomTrees.Make(random, random.Next(0, 20), features), features, bias: 0.25);
            var rows = Enumerable.Range(0, random.Next(1, 150)).Select(_ => RandomTrees.Row(random, features)).ToList();
            var batch = new double[rows.Count];
            ensemble.PredictBatch(rows.SelectMany(r => r).ToArray(), features, batch);
            for (var i = 0; i < rows.Count; i++)
            {
                var raw = RandomTrees.NaiveRaw(ensemble.Trees, rows[i]) + 0.25;
                Assert.Equal(raw, ensemble.PredictRaw(rows[i]));
                Assert.Equal((float)(1 / (1 + Math.Exp(-(float)raw))), ensemble.Predict(rows[i]));
                Assert.Equal(ensemble.Predict(rows[i]), batch[i]);
            }
        }, iter: 300);

    [Fact]
    public void A_feature_with_more_thresholds_than_a_byte_counts_is_ranked_all_the_same()
    {
        var random = new Random(3);
        var trees = RandomTrees.Make(random, 150, 1).Select(tree => tree with
        {
            Splits = [.. tree.Splits.Select(split => split with { Threshold = random.NextSingle() })],
        });
        var ensemble = TreeEnsemble.Create([.. trees], 1);
        Assert.InRange(ensemble.Trees.SelectMany(tree => tree.Splits).Select(split => split.Threshold).Distinct().Count(), 300, int.MaxValue);
        float[] rows = [.. ensemble.Trees.SelectMany(tree => tree.Splits).SelectMany(split =>
            new[] { split.Threshold, MathF.BitIncrement(split.Threshold), MathF.BitDecrement(split.Threshold) }), float.NaN];
        var batch = new double[rows.Length];
        ensemble.PredictBatch(rows, 1, batch);

        Assert.Equal(rows.Select(value => ensemble.Predict([value])), batch);
    }

    [Fact]
    public void Bytes_come_back_as_the_same_ensemble() =>
        Gen.Int.Sample(seed =>
        {
            var random = new Random(seed);
            var ensemble = TreeEnsemble.Create(RandomTrees.Make(random, 5, 6), 6, 0.5, -0.7, 0.1);
            var bytes = ensemble.Serialize();
            var copy = TreeEnsemble.Deserialize(bytes);
            Assert.Equal(bytes, copy.Serialize());
            for (var i = 0; i < 20; i++)
            {
                var row = RandomTrees.Row(random, 6);
                Assert.Equal(ensemble.Predict(row), copy.Predict(row));
            }
        }, iter: 100);

    [Fact]
    public void Damaged_bytes_are_refused_or_give_a_valid_ensemble_but_never_crash() =>
        Gen.Int.Sample(seed =>
        {
            var random = new Random(seed);
            var bytes = TreeEnsemble.Create(RandomTrees.Make(random, 4, 3), 3).Serialize();
            if (random.Next(2) == 0)
            {
                bytes = bytes[..random.Next(bytes.Length)];
            }
            else
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                var copy = TreeEnsemble.Deserialize(bytes);
                copy.Predict(new float[copy.FeatureCount]);
            }
            catch (ModelFormatException)
            {
                // Refused, as it should be.
            }
        }, iter: 2_000);

    [Fact]
    public void A_prediction_allocates_nothing()
    {
        var random = new Random(1);
        var ensemble = TreeEnsemble.Create(RandomTrees.Make(random, 100, 30), 30);
        var row = RandomTrees.Row(random, 30);
        var sum = ensemble.Predict(row);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            sum += ensemble.Predict(row);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(double.IsFinite(sum));
    }

    [Fact]
    public void Rows_of_another_length_are_refused()
    {
        var ensemble = TreeEnsemble.Create([], 3);
        Assert.Throws<ArgumentException>(() => ensemble.Predict([1, 2]));
        Assert.Throws<ArgumentException>(() => ensemble.PredictBatch(new float[4], 2, new double[2]));
        Assert.Throws<ArgumentException>(() => ensemble.PredictBatch(new float[4], 3, new double[2]));
    }

    [Theory]
    [InlineData(5, 1f, -1, -2, "reads feature 5")]
    [InlineData(0, float.NaN, -1, -2, "no threshold")]
    [InlineData(0, 1f, -1, -3, "does not exist")]
    [InlineData(0, 1f, -1, -1, "more than once")]
    [InlineData(0, 1f, 0, -1, "more than once")]
    [InlineData(0, 1f, 7, -1, "does not exist")]
    public void Malformed_trees_are_refused(int feature, float threshold, int left, int right, string expected)
    {
        var tree = new TreeDefinition([new TreeSplit(feature, threshold, left, right, MissingKind.None, false)], [1, 2]);
        var error = Assert.Throws<ModelFormatException>(() => TreeEnsemble.Create([tree], 2));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tree_with_a_leaf_too_few_is_refused() =>
        Assert.Throws<ModelFormatException>(() => TreeEnsemble.Create([new TreeDefinition([], [])], 2));
}
