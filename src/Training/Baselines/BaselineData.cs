using Microsoft.ML;
using Microsoft.ML.Data;

namespace Levee.Training;

/// <summary>What the baselines share: the view of the rows and the scores that come out.</summary>
internal static class BaselineData
{
    private const string Score = "Score";

    public static IDataView View(MLContext ml, IReadOnlyList<TrainingRow> rows, int featureCount)
    {
        var schema = SchemaDefinition.Create(typeof(BaselineRow));
        schema[MlNetColumns.Features].ColumnType = new VectorDataViewType(NumberDataViewType.Single, featureCount);
        return ml.Data.LoadFromEnumerable(rows.Select(BaselineRow.Of), schema);
    }

    public static double[] FitAndScore(
        MLContext ml,
        IEstimator<ITransformer> pipeline,
        IReadOnlyList<TrainingRow> train,
        IReadOnlyList<TrainingRow> scored,
        int featureCount,
        CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var model = pipeline.Fit(ml.Data.Cache(View(ml, train, featureCount)));
        ct.ThrowIfCancellationRequested();
        var view = model.Transform(View(ml, scored, featureCount));
        return [.. view.GetColumn<float>(Score).Select(score => (double)score)];
    }
}
