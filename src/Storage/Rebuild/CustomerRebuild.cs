using Levee.Features;

namespace Levee.Storage;

/// <summary>A customer's state, made anew.</summary>
internal sealed class CustomerRebuild(long key, LiveState? live, DurableOffsets durable)
    : StateRebuild(GrainKind.Customer, key, live, durable)
{
    private readonly CustomerWindow _window = new(key);

    public override long Sequence => _window.Sequence;

    protected override bool IsAlwaysWhole => true;

    protected override long? OpenMinuteEndMicros => _window.OldestOpenMinuteEndMicros;

    /// <summary>Closes the minutes that have their row. Called once, when all rows are folded.</summary>
    public void Close(IReadOnlyCollection<long> written) =>
        _window.CloseWritten(written, Offsets.WatermarkMicros, Live?.ReadCustomer(out _));

    protected override void Fold(RebuildRow row) => _window.Refold(row.Transaction, row.CustomerSequence, row.IsLate);

    protected override IReadOnlyList<WindowDifference> CompareWindow(LiveState live) =>
        live.ReadCustomer(out var problem) is { } window ? CustomerWindow.Compare(window, _window) : Unreadable(problem!);

    protected override byte[] Serialize() => _window.Serialize();
}
