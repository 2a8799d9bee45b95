using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace Levee.Training;

/// <summary>ML.NET's random forest, with missing values as a number below all others as for LightGBM.</summary>
internal sealed class FastForestCandidate(int featureCount, int seed) : ICandidate
{
    private const int Trees = 100;
    private const int Leaves = 64;
    private const int RowsPerLeaf = 10;

    public string Name => "random forest (FastForest)";

    public double[] FitAndScore(IReadOnlyList<TrainingRow> train, IReadOnlyList<TrainingRow> scored, CancellationToken ct)
    {
        var ml = new MLContext(seed);
        var trainer = ml.BinaryClassification.Trainers.FastForest(new FastForestBinaryTrainer.Options
        {
            LabelColumnName = MlNetColumns.Label,
            FeatureColumnName = MlNetColumns.Features,
            NumberOfTrees = Trees,
            NumberOfLeaves = Leaves,
            MinimumExampleCountPerLeaf = RowsPerLeaf,
            Seed = seed,
            FeatureSelectionSeed = seed,
        });
        return BaselineData.FitAndScore(ml, trainer, Replaced(train), Replaced(scored), featureCount, ct);
    }

    private static TrainingRow[] Replaced(IReadOnlyList<TrainingRow> rows) =>
        [.. rows.Select(row => row with { Features = MissingValues.Replace(row.Features) })];
}
