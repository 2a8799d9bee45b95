using Levee.Storage;

namespace Levee.Parity;

/// <summary>Finds stored rows that no longer say what they said when they were written, and reports each once.</summary>
internal sealed class ChangedRows(Action<ParityMismatch> onMismatch)
{
    private readonly HashSet<(string Source, Guid Id, long At)> _reported = [];

    /// <summary>Reports changed transactions.</summary>
    /// <returns>How many were not known yet.</returns>
    public int Check(IEnumerable<ParityTransaction> rows) => rows.Count(
        row => !row.IsAsWritten && Report("transactions", row.Transaction.TransactionId, row.Transaction.EventTimeMicros));

    /// <summary>Reports changed labels.</summary>
    /// <returns>How many were not known yet.</returns>
    public int Check(IEnumerable<ParityLabel> rows) => rows.Count(
        row => !row.IsAsWritten && Report("labels", row.TransactionId, row.Observation.ObservedMicros));

    private bool Report(string source, Guid id, long at)
    {
        if (!_reported.Add((source, id, at)))
        {
            return false;
        }

        onMismatch(new ParityMismatch(source, id, "digest", float.NaN, float.NaN));
        return true;
    }
}
