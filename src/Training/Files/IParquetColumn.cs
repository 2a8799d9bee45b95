namespace Levee.Training;

/// <summary>One column of a Parquet row group.</summary>
internal interface IParquetColumn
{
    /// <summary>A value as a CSV file would hold it; null when missing.</summary>
    string? Text(int row);
}
