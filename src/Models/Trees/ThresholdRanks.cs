namespace Levee.Models;

/// <summary>The different thresholds of each slot in ascending order, in groups of as many as a byte can rank.</summary>
internal sealed class ThresholdRanks
{
    private const int MostThresholds = byte.MaxValue;

    private readonly Dictionary<int, (int FirstGroup, float[] Thresholds)> _bySlot = [];

    public ThresholdRanks(IReadOnlyList<TreeDefinition> trees, int[][] splitSlots)
    {
        var slots = new List<int>();
        var ends = new List<int>();
        var thresholds = new List<float>();
        var bySlot = trees
            .SelectMany((tree, i) => tree.Splits.Select((split, j) => (Slot: splitSlots[i][j], split.Threshold)))
            .GroupBy(split => split.Slot, split => split.Threshold)
            .OrderBy(group => group.Key);
        foreach (var group in bySlot)
        {
            float[] sorted = [.. group.Distinct().Order()];
            _bySlot[group.Key] = (slots.Count, sorted);
            foreach (var part in sorted.Chunk(MostThresholds))
            {
                thresholds.AddRange(part);
                slots.Add(group.Key);
                ends.Add(thresholds.Count);
            }
        }

        (Slots, Ends, Thresholds) = ([.. slots], [.. ends], [.. thresholds]);
    }

    public int[] Slots { get; }

    public int[] Ends { get; }

    public float[] Thresholds { get; }

    public (int Group, byte Limit) Find(int slot, float threshold)
    {
        var (first, sorted) = _bySlot[slot];
        var (group, limit) = Math.DivRem(Array.BinarySearch(sorted, threshold), MostThresholds);
        return (first + group, (byte)limit);
    }
}
