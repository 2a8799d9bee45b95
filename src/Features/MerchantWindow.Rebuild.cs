using System.Globalization;

namespace Levee.Features;

/// <content>Making a window anew from stored transactions, and comparing it with the live one.</content>
public sealed partial class MerchantWindow
{
    /// <summary>The ids of the transactions that the window remembers one by one: those of the last hour of event time.</summary>
    public IEnumerable<Guid> RecentTransactionIds => _ids.Entries.Select(entry => entry.Key);

    /// <summary>Folds a transaction in as another window of the same merchant remembers it.</summary>
    /// <param name="other">A window that remembers it.</param>
    /// <param name="transactionId">One of its <see cref="RecentTransactionIds"/>.</param>
    /// <returns>False when the other window does not remember it.</returns>
    public bool FoldAsIn(MerchantWindow other, Guid transactionId)
    {
        if (!other._ids.TryGet(transactionId, out var entry))
        {
            return false;
        }

        Fold(new Transaction
        {
            TransactionId = transactionId,
            CustomerId = entry.CustomerId,
            MerchantId = MerchantId,
            Amount = 0m,
            Currency = "",
            BaseCents = entry.Cents,
            EventTimeMicros = entry.TimeMicros,
            IsFraud = other.FindLabel(entry.TimeMicros, transactionId) >= 0 ? true : null,
        });
        return true;
    }

    /// <summary>In what a live window differs from a rebuilt one; empty when both give the same snapshots at all times.</summary>
    public static IReadOnlyList<WindowDifference> Compare(MerchantWindow live, MerchantWindow rebuilt)
    {
        var differences = new DifferenceList();
        differences.Compare("merchant", live.MerchantId, rebuilt.MerchantId);
        differences.Compare("sequence", live.Sequence, rebuilt.Sequence);
        differences.CompareTimes("newest event", live._newest, rebuilt._newest);

        // Where the tiled part ends no longer matters once all before it is forgotten.
        differences.CompareTimes("tiled before", EffectiveTiledBefore(live), EffectiveTiledBefore(rebuilt));
        differences.Compare("events at", BandsByTime(live), BandsByTime(rebuilt), DifferenceList.Time, bands => bands);
        differences.Compare("hour", live._tiles, rebuilt._tiles, DifferenceList.Time, tile => tile.ToString());
        differences.Compare("label", LabelsById(live), LabelsById(rebuilt), id => id.ToString(), Show);
        differences.Compare("recent id", live._ids.ById, rebuilt._ids.ById, id => id.ToString(), Show);
        return differences.ToList();
    }

    private static readonly string[] BandTexts =
        [.. Enumerable.Range(0, AmountBand.Highest + 1).Select(band => string.Create(CultureInfo.InvariantCulture, $"band {band}"))];

    private static long EffectiveTiledBefore(MerchantWindow window) =>
        window._tiles.Count == 0 && window._tiledBefore <= window._newest - KeptMicros ? long.MinValue : window._tiledBefore;

    // One text for each time: most have one transaction.
    private static SortedDictionary<long, string> BandsByTime(MerchantWindow window)
    {
        var bands = new SortedDictionary<long, string>();
        for (var i = 0; i < window._times.Count; i++)
        {
            var text = BandTexts[window._bands[i]];
            bands[window._times[i]] = bands.TryGetValue(window._times[i], out var before) ? $"{before}, {text}" : text;
        }

        return bands;
    }

    private static Dictionary<Guid, FraudLabel> LabelsById(MerchantWindow window)
    {
        var labels = new Dictionary<Guid, FraudLabel>(window._labels.Count);
        foreach (var label in window._labels)
        {
            labels[label.Id] = label;
        }

        return labels;
    }

    private static string Show(RecentIds.Entry entry) => string.Create(
        CultureInfo.InvariantCulture, $"{DifferenceList.Time(entry.TimeMicros)} customer {entry.CustomerId}, {entry.Cents} cents");

    private static string Show(FraudLabel label) =>
        DifferenceList.Time(label.TimeMicros) + string.Create(CultureInfo.InvariantCulture, $", band {label.Band}: ")
        + string.Join(", ", label.Steps.Select(step =>
            $"{(step.IsFraud ? "fraud" : "legitimate")} from {DifferenceList.Time(step.VisibleFromMicros)}"));
}
