using Microsoft.ML;
using Microsoft.ML.Data;

namespace Levee.Training;

/// <summary>Column names and conversions between feature vectors and ML.NET's data views.</summary>
internal static class MlNetColumns
{
    public const string Features = "Features";
    public const string Label = "Label";
    public const string Score = "Score";
    public const string Probability = "Probability";

    /// <summary>A view of vectors; the vectors are not copied.</summary>
    public static IDataView View(MLContext ml, IEnumerable<MlNetRow> rows, int featureCount)
    {
        var schema = SchemaDefinition.Create(typeof(MlNetRow));
        schema[Features].ColumnType = new VectorDataViewType(NumberDataViewType.Single, featureCount);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }
}
