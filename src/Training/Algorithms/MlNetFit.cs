using Levee.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Transforms;

namespace Levee.Training;

/// <summary>
/// One fit of a learner that ML.NET serves. Its input is the feature vector alone, as in serving. Linear learners get missing values as
/// the mean with a flag beside it and features of mean 0 and standard deviation 1; trees get missing values as LightGBM does. All of that
/// is part of the saved model.
/// </summary>
internal sealed class MlNetFit : IModelFit
{
    private const string Missing = "Missing";
    private const int MostIterations = 200;

    private readonly byte[] _model;

    private MlNetFit(byte[] model, int featureCount)
    {
        _model = model;
        Classifier = new MlNetClassifier(model, featureCount);
    }

    public IBinaryClassifier Classifier { get; }

    public TreeEnsemble? Trees => null;

    public IReadOnlyList<double>? Gains => null;

    public static MlNetFit Fit(IReadOnlyList<TrainingRow> rows, int featureCount, TrainingOptions options, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var ml = new MLContext(options.Seed);
        var data = MlNetColumns.View(ml, rows.Select(row => new MlNetRow { Features = row.Features, Label = row.IsFraud }), featureCount);
        var pipeline = Estimator(ml, options, rows.Count).Fit(ml.Data.Cache(data));
        ct.ThrowIfCancellationRequested();
        using var stream = new MemoryStream();
        ml.Model.Save(pipeline, data.Schema, stream);
        return new MlNetFit(DeterministicZip.Normalise(stream.ToArray()), featureCount);
    }

    public byte[] Save() => _model;

    private static IEstimator<ITransformer> Estimator(MLContext ml, TrainingOptions options, int rows) => options.Algorithm switch
    {
        Algorithm.FastTree => MissingValues.Estimator(ml).Append(ml.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
        {
            LabelColumnName = MlNetColumns.Label,
            FeatureColumnName = MlNetColumns.Features,
            NumberOfTrees = options.Trees,
            NumberOfLeaves = options.Leaves,
            LearningRate = options.LearningRate,
            MinimumExampleCountPerLeaf = options.MinRowsPerLeaf,
            MaximumBinCountPerFeature = options.MaxBins,
            FeatureFraction = options.ColumnSample,
            BaggingExampleFraction = options.Subsample,
            NumberOfThreads = options.Threads,
            Seed = options.Seed,
            FeatureSelectionSeed = options.Seed,
        })),
        Algorithm.FastForest => MissingValues.Estimator(ml).Append(ml.BinaryClassification.Trainers.FastForest(new FastForestBinaryTrainer.Options
        {
            LabelColumnName = MlNetColumns.Label,
            FeatureColumnName = MlNetColumns.Features,
            NumberOfTrees = options.Trees,
            NumberOfLeaves = options.Leaves,
            MinimumExampleCountPerLeaf = options.MinRowsPerLeaf,
            MaximumBinCountPerFeature = options.MaxBins,
            NumberOfThreads = options.Threads,
            Seed = options.Seed,
            FeatureSelectionSeed = options.Seed,
        })),

        // With several threads the sums of the linear learners, and so the result, depend on who comes first.
        Algorithm.LogisticRegression => Scaled(ml).Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(
            new LbfgsLogisticRegressionBinaryTrainer.Options
            {
                LabelColumnName = MlNetColumns.Label,
                FeatureColumnName = MlNetColumns.Features,
                L1Regularization = (float)options.L1,
                L2Regularization = (float)options.L2,
                MaximumNumberOfIterations = MostIterations,
                NumberOfThreads = 1,
            })),
        Algorithm.Sdca => Scaled(ml).Append(ml.BinaryClassification.Trainers.SdcaLogisticRegression(
            new SdcaLogisticRegressionBinaryTrainer.Options
            {
                LabelColumnName = MlNetColumns.Label,
                FeatureColumnName = MlNetColumns.Features,
                L1Regularization = (float)options.L1,

                // This learner weighs the mean loss of the rows against it, L-BFGS the sum.
                L2Regularization = (float)(options.L2 / rows),
                NumberOfThreads = 1,
            })),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Algorithm, "ML.NET does not serve this learner."),
    };

    private static EstimatorChain<ColumnConcatenatingTransformer> Scaled(MLContext ml) =>
        ml.Transforms.IndicateMissingValues(Missing, MlNetColumns.Features)
            .Append(ml.Transforms.Conversion.ConvertType(Missing))
            .Append(ml.Transforms.ReplaceMissingValues(MlNetColumns.Features, replacementMode: MissingValueReplacingEstimator.ReplacementMode.Mean))
            .Append(ml.Transforms.NormalizeMeanVariance(MlNetColumns.Features, fixZero: false))
            .Append(ml.Transforms.Concatenate(MlNetColumns.Features, MlNetColumns.Features, Missing));
}
