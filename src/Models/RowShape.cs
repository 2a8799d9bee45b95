namespace Levee.Models;

/// <summary>Checks that rows have the features that a model expects.</summary>
public static class RowShape
{
    /// <summary>Checks one row.</summary>
    /// <param name="features">The row.</param>
    /// <param name="expected">Number of features that the model expects.</param>
    /// <exception cref="ArgumentException">The row has another number of features.</exception>
    public static void Check(ReadOnlySpan<float> features, int expected)
    {
        if (features.Length != expected)
        {
            throw new ArgumentException($"The row has {features.Length} features, the model expects {expected}.", nameof(features));
        }
    }

    /// <summary>Checks many rows.</summary>
    /// <param name="rows">The rows, one after the other.</param>
    /// <param name="columns">Number of features of a row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="expected">Number of features that the model expects.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other or the model.</exception>
    public static void Check(ReadOnlySpan<float> rows, int columns, int count, int expected)
    {
        if (columns != expected)
        {
            throw new ArgumentException($"The rows have {columns} features, the model expects {expected}.", nameof(columns));
        }

        if (rows.Length != (long)columns * count)
        {
            throw new ArgumentException($"{rows.Length} values are not {count} rows of {columns} features.", nameof(rows));
        }
    }
}
