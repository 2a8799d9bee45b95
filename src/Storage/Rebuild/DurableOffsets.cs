namespace Levee.Storage;

/// <summary>Up to where the records of each epoch and partition are complete, at their customers and their merchants.</summary>
internal sealed class DurableOffsets(IReadOnlyDictionary<(int Epoch, int Partition), long> next)
{
    private readonly int _newestEpoch = next.Count == 0 ? 0 : next.Keys.Max(key => key.Epoch);

    /// <summary>Whether a record is complete.</summary>
    public bool Covers(int epoch, int partition, long offset) => next.TryGetValue((epoch, partition), out var end) && offset < end;

    /// <summary>
    /// Whether all that a grain has folded is complete everywhere. What is left of an older epoch never will be: its log is gone.
    /// </summary>
    public bool Settles(OffsetVector offsets) =>
        offsets.Positions.All(position => position.Epoch < _newestEpoch || Covers(position.Epoch, position.Partition, position.Offset));
}
