namespace Levee.Models;

/// <summary>Rows with the probabilities that ML.NET's own model gave them; what serves must give the same.</summary>
public sealed class ProbeSet
{
    /// <summary>Greatest difference that is tolerated between a compiled probability and the expected one.</summary>
    public const double Tolerance = 1e-6;

    /// <summary>Least number of rows on which a version must have been compared before it may serve.</summary>
    public const int LeastRowsToServe = 10_000;

    private readonly float[] _rows;
    private readonly float[] _probabilities;

    /// <summary>Creates the set.</summary>
    /// <param name="columns">Number of features of a row.</param>
    /// <param name="rows">The rows, one after the other.</param>
    /// <param name="probabilities">One expected probability per row, at least one.</param>
    /// <exception cref="ArgumentException">The sizes do not fit, or there is no row.</exception>
    public ProbeSet(int columns, ReadOnlySpan<float> rows, ReadOnlySpan<float> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (probabilities.IsEmpty || rows.Length != (long)columns * probabilities.Length)
        {
            throw new ArgumentException($"{rows.Length} values are not {probabilities.Length} rows of {columns} features, or there is no row.");
        }

        Columns = columns;
        _rows = rows.ToArray();
        _probabilities = probabilities.ToArray();
    }

    /// <summary>Number of features of a row.</summary>
    public int Columns { get; }

    /// <summary>Number of rows.</summary>
    public int Count => _probabilities.Length;

    /// <summary>
    /// Rows at the beginning that are as they were in the data; the others were changed to find differences. In sets from before 2026-11-28 the
    /// two are mixed.
    /// </summary>
    public int RealRows => RealRowsOf(Count);

    /// <summary>The rows, one after the other.</summary>
    public ReadOnlySpan<float> Rows => _rows;

    /// <summary>The expected probability of each row.</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities;

    /// <summary><see cref="RealRows"/> of a set of so many rows: half of them, rounded up.</summary>
    public static int RealRowsOf(int count) => (count + 1) / 2;

    /// <summary>Compares a classifier with the expected probabilities, row by row and as a batch.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <exception cref="ModelArtifactException">A probability differs by more than the tolerance; the message names the worst row.</exception>
    public void Verify(IBinaryClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        if (classifier.FeatureCount != Columns)
        {
            throw new ModelArtifactException($"The model expects {classifier.FeatureCount} features, the probe rows have {Columns}.");
        }

        var batch = new double[Count];
        classifier.PredictBatch(_rows, Columns, batch);
        var (worstRow, worst, worstActual) = (0, -1.0, 0.0);
        for (var i = 0; i < Count; i++)
        {
            var single = classifier.Predict(_rows.AsSpan(i * Columns, Columns));
            foreach (var actual in (ReadOnlySpan<double>)[single, batch[i]])
            {
                var difference = Math.Abs(actual - _probabilities[i]);
                if (double.IsNaN(difference) || difference > worst)
                {
                    (worstRow, worst, worstActual) = (i, double.IsNaN(difference) ? double.PositiveInfinity : difference, actual);
                }
            }
        }

        if (worst > Tolerance)
        {
            throw new ModelArtifactException(
                $"What serves differs from the ML.NET model: probe row {worstRow} gives {worstActual:R} instead of " +
                $"{_probabilities[worstRow]:R} (tolerance {Tolerance}). The model is refused.");
        }
    }
}
