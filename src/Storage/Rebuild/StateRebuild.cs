using System.Globalization;
using Levee.Features;

namespace Levee.Storage;

/// <summary>The state of one key, made anew from stored rows.</summary>
internal abstract class StateRebuild
{
    private const string Nothing = "-";

    private readonly DurableOffsets _durable;
    private readonly OffsetVector _known;
    private readonly bool _areOffsetsReadable = true;

    protected StateRebuild(GrainKind kind, long key, LiveState? live, DurableOffsets durable)
    {
        Kind = kind;
        Key = key;
        Live = live;
        _durable = durable;
        _known = live?.ReadOffsets(out _areOffsetsReadable) ?? new OffsetVector();
        Offsets = live?.ReadOffsets(out _) ?? new OffsetVector();
    }

    public GrainKind Kind { get; }

    public long Key { get; }

    /// <summary>The stored state; null when there is none.</summary>
    public LiveState? Live { get; }

    /// <summary>Rows folded.</summary>
    public int Count { get; private set; }

    /// <summary>Transactions folded, by the window's own count.</summary>
    public abstract long Sequence { get; }

    /// <summary>The live state's offsets, and those of rows that they should have covered.</summary>
    protected OffsetVector Offsets { get; }

    /// <summary>
    /// Takes a row, if the grain has folded it or should have: its offsets cover it, or it is complete everywhere, or it is history. What
    /// is still on its way to the grain is left to it.
    /// </summary>
    public bool TryAdd(RebuildRow row)
    {
        if (row.Origin is { } origin)
        {
            if (!IsAlwaysWhole
                && !_known.Covers(origin.Epoch, origin.Partition, origin.Offset)
                && !_durable.Covers(origin.Epoch, origin.Partition, origin.Offset))
            {
                return false;
            }

            if (!Offsets.Covers(origin.Epoch, origin.Partition, origin.Offset) && !_known.HasRetired(origin.Epoch, origin.Partition))
            {
                Offsets.Advance(origin.Epoch, origin.Partition, origin.Offset, long.MinValue);
            }
        }

        Count++;
        Fold(row);
        return true;
    }

    /// <summary>Whether all that the live state holds is complete everywhere, so that its rows must be there.</summary>
    public bool IsSettled => IsAlwaysWhole || _durable.Settles(_known);

    /// <summary>In what the live state differs.</summary>
    public List<StateDifference> Compare()
    {
        if (Live is not { } live)
        {
            return Count == 0 ? [] : [Difference("state", Nothing, $"{Text(Sequence)} transactions")];
        }

        var differences = CompareWindow(live).Select(found => Difference(found.Field, found.Live, found.Rebuilt)).ToList();
        if (live.Sequence != Sequence)
        {
            differences.Add(Difference("column sequence", Text(live.Sequence), Text(Sequence)));
        }

        if (Kind == GrainKind.Customer && live.OpenMinuteEndMicros != OpenMinuteEndMicros)
        {
            differences.Add(Difference("column open_minute_end", Time(live.OpenMinuteEndMicros), Time(OpenMinuteEndMicros)));
        }

        if (!_areOffsetsReadable || _known.ToJson() != Offsets.ToJson())
        {
            differences.Add(Difference("offsets", live.OffsetsJson, Offsets.ToJson()));
        }

        return differences;
    }

    /// <summary>The rebuilt state as a commit that continues the live one.</summary>
    /// <param name="firstVersion">Expected version for a state that has none.</param>
    public GrainCommit ToCommit(long firstVersion) => new()
    {
        Kind = Kind,
        Key = Key,
        ExpectedVersion = Live?.Version ?? firstVersion,
        State = StateChange.Snapshot(Serialize()),
        Sequence = Sequence,
        Offsets = Offsets.ToJson(),
        Partition = Offsets.SlowestPartition,
        OpenMinuteEndMicros = OpenMinuteEndMicros,
    };

    /// <summary>True for a customer: its rows and its state are committed together.</summary>
    protected abstract bool IsAlwaysWhole { get; }

    protected abstract long? OpenMinuteEndMicros { get; }

    protected abstract void Fold(RebuildRow row);

    protected abstract IReadOnlyList<WindowDifference> CompareWindow(LiveState live);

    protected abstract byte[] Serialize();

    protected static IReadOnlyList<WindowDifference> Unreadable(string problem) => [new WindowDifference("state", problem, "readable")];

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(long? micros) => micros is { } time
        ? UnixMicros.ToDateTimeOffset(time).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : Nothing;

    private StateDifference Difference(string field, string live, string rebuilt) => new(Kind, Key, field, live, rebuilt);
}
