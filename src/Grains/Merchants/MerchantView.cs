using Levee.Features;
using Levee.Storage;

namespace Levee.Grains.Merchants;

/// <summary>
/// A merchant's window with what it has seen, to the record and to the label, so that the log of a prediction says what it can be computed
/// again from. Whoever folds or looks holds the view's lock.
/// </summary>
internal sealed class MerchantView(MerchantWindow window, OffsetVector offsets, long version)
{
    private readonly Lock _lock = new();
    private byte[] _offsets = offsets.ToPositionBytes();
    private long _version = version;

    public long MerchantId { get; } = window.MerchantId;

    /// <summary>The counts as they were known at a time.</summary>
    public MerchantSnapshotResponse Snapshot(long atMicros, long baseCents)
    {
        lock (_lock)
        {
            return MerchantSnapshots.ToResponse(window.Snapshot(atMicros, baseCents), _offsets, _version);
        }
    }

    /// <summary>Folds records and takes their positions over.</summary>
    /// <param name="fold">Folds them into the window and advances the offsets.</param>
    public void Fold(Action fold)
    {
        lock (_lock)
        {
            fold();
            _offsets = offsets.ToPositionBytes();
        }
    }

    /// <summary>A commit is durable. Labels show from then on, together with the version that says so.</summary>
    /// <param name="version">The state's version now.</param>
    /// <param name="labels">The labels that it folded.</param>
    public void Committed(long version, IReadOnlyList<LabelHistory> labels)
    {
        lock (_lock)
        {
            foreach (var history in labels)
            {
                window.ApplyLabels(history);
            }

            _version = version;
        }
    }
}
