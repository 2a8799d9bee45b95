using System.Text.Json;
using Levee.Features;

namespace Levee.Storage;

/// <summary>A grain's state as it is stored: window, offsets and the columns that repeat parts of them.</summary>
internal sealed record LiveState
{
    public required long Key { get; init; }

    public required long Version { get; init; }

    /// <summary>The column.</summary>
    public required long Sequence { get; init; }

    /// <summary>The column, microseconds since the Unix epoch; customers only.</summary>
    public long? OpenMinuteEndMicros { get; init; }

    public required string OffsetsJson { get; init; }

    public required byte[] Snapshot { get; init; }

    public required byte[][] Deltas { get; init; }

    /// <summary>False when versions are missing from the journal.</summary>
    public required bool IsJournalWhole { get; init; }

    /// <summary>The window: the snapshot with the deltas replayed, as the grain reads it.</summary>
    /// <param name="read">Reads the snapshot.</param>
    /// <param name="replay">Replays a delta.</param>
    /// <param name="problem">Why it cannot be read; null when it can.</param>
    public TWindow? Read<TWindow>(Func<byte[], TWindow> read, Action<byte[], TWindow> replay, out string? problem)
        where TWindow : class
    {
        try
        {
            var window = read(Snapshot);
            foreach (var delta in Deltas)
            {
                replay(delta, window);
            }

            problem = IsJournalWhole ? null : "its journal has a gap";
            return IsJournalWhole ? window : null;
        }
        catch (InvalidDataException exception)
        {
            problem = exception.Message;
            return null;
        }
    }

    public CustomerWindow? ReadCustomer(out string? problem) =>
        Read(bytes => CustomerWindow.Deserialize(bytes), CustomerDelta.Replay, out problem);

    public MerchantWindow? ReadMerchant(out string? problem) =>
        Read(bytes => MerchantWindow.Deserialize(bytes), MerchantDelta.Replay, out problem);

    /// <summary>The offsets; empty when they cannot be read.</summary>
    public OffsetVector ReadOffsets(out bool isReadable)
    {
        try
        {
            isReadable = true;
            return OffsetVector.FromJson(OffsetsJson);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            isReadable = false;
            return new OffsetVector();
        }
    }
}
