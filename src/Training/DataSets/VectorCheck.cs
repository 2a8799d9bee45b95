namespace Levee.Training;

/// <summary>
/// Refuses vectors that no model can be trained on. A missing value is NaN and no reason; nor is a feature that is always the same.
/// </summary>
internal static class VectorCheck
{
    /// <summary>Checks every vector.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="featureNames">Names of the features in the order of the vectors.</param>
    /// <exception cref="TrainingDataException">A vector has another length or an infinite value, or no feature differs anywhere.</exception>
    public static void Check(IReadOnlyList<TrainingRow> rows, IReadOnlyList<string> featureNames)
    {
        var varies = rows.Count == 0;
        foreach (var row in rows)
        {
            if (row.Features.Length != featureNames.Count)
            {
                throw new TrainingDataException(
                    $"Row {row.TransactionId} has {row.Features.Length} features; the feature list has {featureNames.Count}.");
            }

            var infinite = Array.FindIndex(row.Features, float.IsInfinity);
            if (infinite >= 0)
            {
                throw new TrainingDataException(
                    $"Row {row.TransactionId}: '{featureNames[infinite]}' is infinite; expected a number, or NaN where it is missing.");
            }

            varies |= !row.Features.AsSpan().SequenceEqual(rows[0].Features);
        }

        if (!varies)
        {
            throw new TrainingDataException(
                $"All {featureNames.Count} features are constant over {rows.Count} rows: there is nothing to learn from.");
        }
    }
}
