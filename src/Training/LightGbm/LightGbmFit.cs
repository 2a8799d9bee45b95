using Levee.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;

namespace Levee.Training;

/// <summary>One fit of LightGBM through ML.NET: the fitted pipeline and its compiled trees.</summary>
internal sealed class LightGbmFit : IModelFit
{
    private readonly MLContext _ml;
    private readonly ITransformer _pipeline;
    private readonly DataViewSchema _schema;

    private LightGbmFit(MLContext ml, ITransformer pipeline, DataViewSchema schema, TreeEnsemble trees, double[] gains)
    {
        _ml = ml;
        _pipeline = pipeline;
        _schema = schema;
        Trees = trees;
        Gains = gains;
    }

    /// <summary>The compiled trees; they take vectors with NaN.</summary>
    public TreeEnsemble Trees { get; }

    IBinaryClassifier IModelFit.Classifier => Trees;

    TreeEnsemble IModelFit.Trees => Trees;

    /// <summary>Sum of the gains of the splits on each feature.</summary>
    public IReadOnlyList<double> Gains { get; }

    public static LightGbmFit Fit(IReadOnlyList<TrainingRow> rows, int featureCount, TrainingOptions options, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var ml = new MLContext(options.Seed);
        var data = new RowsView(rows, featureCount);
        var classifier = LightGbmGate.Run(() => ml.BinaryClassification.Trainers.LightGbm(ToLightGbm(options)).Fit(data), ct);
        ct.ThrowIfCancellationRequested();
        var replacement = MissingValues.Estimator(ml).Fit(data);
        var pipeline = new TransformerChain<ITransformer>(replacement, classifier);
        return new LightGbmFit(
            ml,
            pipeline,
            data.Schema,
            MlNetTrees.Compile(classifier.Model, featureCount),
            MlNetTrees.Gains(classifier.Model, featureCount));
    }

    /// <summary>The ML.NET model file, without the times in it.</summary>
    public byte[] Save()
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(_pipeline, _schema, stream);
        return DeterministicZip.Normalise(stream.ToArray());
    }

    private static LightGbmBinaryTrainer.Options ToLightGbm(TrainingOptions options) => new()
    {
        LabelColumnName = MlNetColumns.Label,
        FeatureColumnName = MlNetColumns.Features,
        NumberOfIterations = options.Trees,
        NumberOfLeaves = options.Leaves,
        LearningRate = options.LearningRate,
        MinimumExampleCountPerLeaf = options.MinRowsPerLeaf,
        MaximumBinCountPerFeature = options.MaxBins,
        WeightOfPositiveExamples = options.PositiveWeight,
        Sigmoid = 1,
        UseCategoricalSplit = false,
        HandleMissingValue = true,
        NumberOfThreads = options.Threads,
        Seed = options.Seed,
        Deterministic = true,
        ForceColumnWise = true,
        Booster = new GradientBooster.Options
        {
            MaximumTreeDepth = options.MaxDepth,
            SubsampleFraction = options.Subsample,
            SubsampleFrequency = options.Subsample < 1 ? 1 : 0,
            FeatureFraction = options.ColumnSample,
            MinimumChildWeight = options.MinChildWeight,
            L2Regularization = options.L2,
            L1Regularization = options.L1,
        },
    };
}
