using Microsoft.ML;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;

namespace Levee.Training;

/// <summary>
/// Logistic regression, the baseline that needs preparation: missing values become the mean with a flag beside it, features are scaled to
/// mean 0 and standard deviation 1, currency, country and device are encoded as one column a value.
/// </summary>
internal sealed class LogisticRegressionCandidate(int featureCount, int seed) : ICandidate
{
    private const string Missing = "Missing";
    private const string Categories = nameof(BaselineRow.Categories);
    private const float L2 = 1e-3f;
    private const int MostIterations = 200;

    public string Name => "logistic regression";

    public double[] FitAndScore(IReadOnlyList<TrainingRow> train, IReadOnlyList<TrainingRow> scored, CancellationToken ct)
    {
        var ml = new MLContext(seed);
        var pipeline = ml.Transforms.IndicateMissingValues(Missing, MlNetColumns.Features)
            .Append(ml.Transforms.Conversion.ConvertType(Missing))
            .Append(ml.Transforms.ReplaceMissingValues(MlNetColumns.Features, replacementMode: MissingValueReplacingEstimator.ReplacementMode.Mean))
            .Append(ml.Transforms.NormalizeMeanVariance(MlNetColumns.Features, fixZero: false))
            .Append(ml.Transforms.Categorical.OneHotEncoding(
                Categories, outputKind: OneHotEncodingEstimator.OutputKind.Bag))
            .Append(ml.Transforms.Concatenate(MlNetColumns.Features, MlNetColumns.Features, Missing, Categories))
            .Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
            {
                LabelColumnName = MlNetColumns.Label,
                FeatureColumnName = MlNetColumns.Features,
                L1Regularization = 0,
                L2Regularization = L2,
                MaximumNumberOfIterations = MostIterations,

                // With several threads the sums, and so the result, depend on who comes first.
                NumberOfThreads = 1,
            }));
        return BaselineData.FitAndScore(ml, pipeline, train, scored, featureCount, ct);
    }
}
