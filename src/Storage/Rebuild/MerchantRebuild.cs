using Levee.Features;

namespace Levee.Storage;

/// <summary>A merchant's state, made anew.</summary>
internal sealed class MerchantRebuild(long key, LiveState? live, DurableOffsets durable)
    : StateRebuild(GrainKind.Merchant, key, live, durable)
{
    private readonly MerchantWindow _window = new(key);

    public override long Sequence => _window.Sequence;

    protected override bool IsAlwaysWhole => false;

    protected override long? OpenMinuteEndMicros => null;

    /// <summary>Gives the window the labels that were folded. Called once, when all rows are.</summary>
    public void Apply(IEnumerable<LabelHistory> labels)
    {
        foreach (var history in labels)
        {
            _window.ApplyLabels(history);
        }
    }

    /// <summary>
    /// Adds what the grain has folded and the customers have not committed yet, as the live window remembers it.
    /// </summary>
    /// <param name="inFlight">Ids that the live window remembers and no row has.</param>
    public void AddInFlight(IEnumerable<Guid> inFlight)
    {
        if (Live?.ReadMerchant(out _) is { } window)
        {
            foreach (var id in inFlight)
            {
                _window.FoldAsIn(window, id);
            }
        }
    }

    protected override void Fold(RebuildRow row) => _window.Fold(row.Transaction);

    protected override IReadOnlyList<WindowDifference> CompareWindow(LiveState live) =>
        live.ReadMerchant(out var problem) is { } window ? MerchantWindow.Compare(window, _window) : Unreadable(problem!);

    protected override byte[] Serialize() => _window.Serialize();
}
