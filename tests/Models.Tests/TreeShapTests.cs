using System.Numerics;

namespace Levee.Models.Tests;

public sealed class TreeShapTests
{
    private const int Features = 6;

    [Fact]
    public void Values_are_those_of_the_definition()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var ensemble = TreeEnsemble.Create(RandomTrees.Make(random, random.Next(1, 5), Features), Features, bias: 0.25);

            // Few rows, so that some leaves are never reached.
            var covers = TreeCovers.Count(ensemble, [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => RandomTrees.Row(random, Features))]);
            var shap = new TreeShap(ensemble, covers);
            var contributions = new double[Features];
            for (var i = 0; i < 10; i++)
            {
                var row = RandomTrees.Row(random, Features);
                shap.Explain(row, contributions);
                var expected = NaiveShap(ensemble, covers, row);
                for (var feature = 0; feature < Features; feature++)
                {
                    Assert.Equal(expected[feature], contributions[feature], 1e-10);
                }
            }
        }
    }

    [Fact]
    public void Values_and_expectation_add_up_to_the_raw_score()
    {
        var random = new Random(1);
        var ensemble = TreeEnsemble.Create(RandomTrees.Make(random, 100, 40), 40, bias: -3);
        var rows = Enumerable.Range(0, 500).Select(_ => RandomTrees.Row(random, 40)).ToList();
        var shap = new TreeShap(ensemble, TreeCovers.Count(ensemble, rows));
        var contributions = new double[40];

        foreach (var row in rows.Concat(Enumerable.Range(0, 100).Select(_ => RandomTrees.Row(random, 40))))
        {
            shap.Explain(row, contributions);
            Assert.Equal(ensemble.PredictRaw(row), shap.ExpectedRaw + contributions.Sum(), 1e-9);
        }

        Assert.Equal(rows.Average(row => ensemble.PredictRaw(row)), shap.ExpectedRaw, 1e-9);
    }

    [Fact]
    public void A_single_split_moves_the_score_by_what_it_tells()
    {
        var tree = new TreeDefinition([new TreeSplit(1, 5, ~0, ~1, MissingKind.NaN, DefaultLeft: true)], [-1.0, 3.0]);
        var ensemble = TreeEnsemble.Create([tree], 2);
        var shap = new TreeShap(ensemble, new TreeCovers([[3, 1]]));
        var contributions = new double[2];

        shap.Explain([0, 9], contributions);

        Assert.Equal(0, shap.ExpectedRaw);
        Assert.Equal([0.0, 3.0], contributions);
    }

    [Fact]
    public void A_deep_chain_of_many_features_is_exact()
    {
        const int Depth = 40;
        var splits = Enumerable.Range(0, Depth)
            .Select(i => new TreeSplit(i, 0.5f, ~i, i == Depth - 1 ? ~Depth : i + 1, MissingKind.NaN, DefaultLeft: false));
        var tree = new TreeDefinition([.. splits], [.. Enumerable.Range(0, Depth + 1).Select(i => (double)(i % 7))]);
        var ensemble = TreeEnsemble.Create([tree], Depth);
        var shap = new TreeShap(ensemble, new TreeCovers([[.. Enumerable.Range(1, Depth + 1)]]));
        var (contributions, row) = (new double[Depth], Enumerable.Repeat(1f, Depth).ToArray());

        shap.Explain(row, contributions);

        Assert.Equal(ensemble.PredictRaw(row), shap.ExpectedRaw + contributions.Sum(), 1e-9);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_row()
    {
        var random = new Random(2);
        var ensemble = TreeEnsemble.Create(RandomTrees.Make(random, 100, 30), 30);
        var shap = new TreeShap(ensemble, TreeCovers.Count(ensemble, [.. Enumerable.Range(0, 50).Select(_ => RandomTrees.Row(random, 30))]));
        var (row, contributions) = (RandomTrees.Row(random, 30), new double[30]);
        shap.Explain(row, contributions);

        var before = GC.GetAllocatedBytesForCurrentThread();
        shap.Explain(row, contributions);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Counts_of_other_trees_are_refused()
    {
        var ensemble = TreeEnsemble.Create([new TreeDefinition([], [1.0])], 1);

        Assert.Throws<ArgumentException>(() => new TreeShap(ensemble, new TreeCovers([[1, 2]])));
        Assert.Throws<ArgumentException>(() => new TreeCovers([[0, 0]]));
        Assert.Throws<ArgumentException>(() => new TreeShap(ensemble, new TreeCovers([[1]])).Explain([1, 2], new double[2]));
    }

    // Shapley's formula over all subsets; an unknown feature follows the training rows down both sides.
    private static double[] NaiveShap(TreeEnsemble ensemble, TreeCovers covers, float[] row)
    {
        var value = new double[1 << Features];
        for (var known = 0; known < value.Length; known++)
        {
            value[known] = ensemble.Trees.Select((tree, i) => Expectation(tree, covers.Leaves(i).ToArray(), row, known)).Sum();
        }

        var result = new double[Features];
        for (var feature = 0; feature < Features; feature++)
        {
            for (var known = 0; known < value.Length; known++)
            {
                if ((known & (1 << feature)) == 0)
                {
                    var size = BitOperations.PopCount((uint)known);
                    var weight = Factorial(size) * Factorial(Features - size - 1) / Factorial(Features);
                    result[feature] += weight * (value[known | (1 << feature)] - value[known]);
                }
            }
        }

        return result;
    }

    private static double Expectation(TreeDefinition tree, int[] leaves, float[] row, int known)
    {
        return Of(tree.Splits.Count == 0 ? ~0 : 0);

        double Of(int node)
        {
            if (node < 0)
            {
                return tree.LeafValues[~node];
            }

            var split = tree.Splits[node];
            if ((known & (1 << split.Feature)) != 0)
            {
                return Of(RandomTrees.GoesLeft(split, row[split.Feature]) ? split.Left : split.Right);
            }

            double left = Cover(split.Left), right = Cover(split.Right);
            return left + right == 0 ? 0 : ((left * Of(split.Left)) + (right * Of(split.Right))) / (left + right);
        }

        double Cover(int node) => node < 0 ? leaves[~node] : Cover(tree.Splits[node].Left) + Cover(tree.Splits[node].Right);
    }

    private static double Factorial(int number) => number <= 1 ? 1 : number * Factorial(number - 1);
}
