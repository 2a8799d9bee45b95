using Microsoft.ML.Data;

namespace Levee.Training;

/// <summary>A row as the baselines read it: the vector and what it does not encode.</summary>
internal sealed class BaselineRow
{
    /// <summary>The vector; NaN is missing.</summary>
    [ColumnName(MlNetColumns.Features)]
    public float[] Features { get; set; } = [];

    /// <summary>True for fraud.</summary>
    [ColumnName(MlNetColumns.Label)]
    public bool Label { get; set; }

    /// <summary>Currency, country and device type; "?" where not known.</summary>
    [VectorType(3)]
    public string[] Categories { get; set; } = [];

    public static BaselineRow Of(TrainingRow row) => new()
    {
        Features = row.Features,
        Label = row.IsFraud,
        Categories = [$"currency {row.Currency ?? "?"}", $"country {row.Country ?? "?"}", $"device {row.DeviceType ?? "?"}"],
    };
}
