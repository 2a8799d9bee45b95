using Levee.Storage;

namespace Levee.Grains.Labels;

/// <summary>From what a caller or a record says to the row that is stored.</summary>
internal static class LabelRows
{
    public static LabelRow[] From(IReadOnlyList<LabelSubmission> labels, DateTimeOffset now)
    {
        var rows = new LabelRow[labels.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var label = labels[i];
            rows[i] = new LabelRow(label.TransactionId, label.IsFraud, label.Source, label.ObservedAt ?? now, now);
        }

        return rows;
    }
}
