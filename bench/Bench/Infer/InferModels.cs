using Levee.Models;
using Levee.Training;

namespace Levee.Bench.Infer;

/// <summary>The models that are measured, all trained on the same rows.</summary>
internal sealed class InferModels
{
    private const int TrainingRows = 30_000;
    private const int Seed = 42;

    /// <summary>The ensemble of the budget: 100 trees of 31 leaves.</summary>
    public static readonly TrainingOptions Options = new()
    {
        Trees = 100,
        Leaves = 31,
        MaxDepth = 64,
        LearningRate = 0.05,
        Subsample = 1,
        ColumnSample = 1,
        MinChildWeight = 0.001,
        Folds = 2,
        Seed = Seed,
        Calibration = CalibrationMethod.None,
    };

    public InferModels()
    {
        Rows = InferRows.Make(TrainingRows, Seed);
        Trees = Train(Options);
        Logistic = Train(With(Algorithm.LogisticRegression));
        Forest = Train(With(Algorithm.FastForest));
        Margins = new ModelEnsemble([new("v1", 0.5, Trees), new("v2", 0.5, Trees)]);
        Probabilities = new ModelEnsemble([new("v1", 0.5, Trees), new("v3", 0.5, Logistic)]);
    }

    public IReadOnlyList<TrainingRow> Rows { get; }

    public ModelArtifact Trees { get; }

    public ModelArtifact Logistic { get; }

    public ModelArtifact Forest { get; }

    /// <summary>Twice the trees, averaged in log-odds.</summary>
    public ModelEnsemble Margins { get; }

    /// <summary>The trees and the logistic regression, averaged in probability.</summary>
    public ModelEnsemble Probabilities { get; }

    public int Leaves => Trees.Trees!.Trees.Sum(tree => tree.LeafValues.Count);

    private static TrainingOptions With(Algorithm algorithm) =>
        TrainingParameters.With(Options, [new(nameof(TrainingOptions.Algorithm), algorithm.ToString())]);

    private ModelArtifact Train(TrainingOptions options) =>
        new ModelTrainer().Train(Rows, InferRows.Names, "bench", options).Artifact;
}
