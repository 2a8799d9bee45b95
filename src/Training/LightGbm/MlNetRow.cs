using Microsoft.ML.Data;

namespace Levee.Training;

/// <summary>A row as ML.NET reads it.</summary>
internal sealed class MlNetRow
{
    /// <summary>The vector.</summary>
    [ColumnName(MlNetColumns.Features)]
    public float[] Features { get; set; } = [];

    /// <summary>True for fraud.</summary>
    [ColumnName(MlNetColumns.Label)]
    public bool Label { get; set; }
}
