using Microsoft.ML.Data;

namespace Levee.Bench.Infer;

/// <summary>A row as ML.NET's PredictionEngine reads it.</summary>
internal sealed class EngineRow
{
    [ColumnName("Features")]
    public float[] Features { get; set; } = [];
}
