using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Levee.Models;

/// <summary>
/// Evaluates sixteen rows at once without walking (after QuickScorer, Lucchese et al. 2015). Each tree has a bit per leaf, left to right.
/// A split whose test fails clears the leaves of its left subtree; when all failing splits have done so, the lowest bit left is the leaf
/// that a walk would have reached. Splits are grouped by what they read and sorted by threshold, so that a group is left at the first
/// threshold that no row exceeds.
/// </summary>
internal sealed class BitVectorTrees : BatchEvaluator
{
    /// <summary>Most leaves of a tree: one bit each.</summary>
    public const int MaxLeaves = 32;

    private const int Rows = 16;
    private const int Lanes = 8;

    private readonly RowPreparation _preparation;
    private readonly int _treeCount;
    private readonly double[] _leafValues;

    // Slots that splits read, and for each the end of its splits in the arrays that follow.
    private readonly int[] _slots;
    private readonly int[] _ends;
    private readonly float[] _thresholds;
    private readonly uint[] _keptLeaves;
    private readonly int[] _trees;

    public BitVectorTrees(CompiledTrees compiled, IReadOnlyList<TreeDefinition> trees)
    {
        _preparation = compiled.Preparation;
        _treeCount = trees.Count;
        _leafValues = new double[trees.Count * MaxLeaves];
        var splits = new List<(int Slot, float Threshold, uint Kept, int Tree)>();
        for (var i = 0; i < trees.Count; i++)
        {
            var leaf = i * MaxLeaves;
            Number(trees[i], trees[i].Splits.Count == 0 ? ~0 : 0, i, compiled.SplitSlots[i], splits, ref leaf);
        }

        splits.Sort();
        var ends = splits.Select((split, i) => (split.Slot, End: i + 1)).GroupBy(s => s.Slot, s => s.End).ToList();
        _slots = [.. ends.Select(g => g.Key)];
        _ends = [.. ends.Select(g => g.Max())];
        _thresholds = [.. splits.Select(s => s.Threshold)];
        _keptLeaves = [.. splits.Select(s => s.Kept)];
        _trees = [.. splits.Select(s => s.Tree)];
    }

    public override void Sum(ReadOnlySpan<float> rows, int columns, Span<double> sums)
    {
        var slots = _preparation.SlotCount;
        var values = ArrayPool<float>.Shared.Rent(slots * Rows);
        var leaves = ArrayPool<uint>.Shared.Rent(_treeCount * Rows);
        try
        {
            for (var start = 0; start < sums.Length; start += Rows)
            {
                var count = Math.Min(Rows, sums.Length - start);
                _preparation.PrepareColumns(rows.Slice(start * columns, count * columns), columns, values, Rows);
                MarkLeaves(values, leaves);
                AddLeaves(leaves, sums.Slice(start, count));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
            ArrayPool<uint>.Shared.Return(leaves);
        }
    }

    // Numbers the leaves from left to right; a split keeps all leaves but those to its left.
    private void Number(
        TreeDefinition tree,
        int reference,
        int index,
        int[] slots,
        List<(int Slot, float Threshold, uint Kept, int Tree)> splits,
        ref int leaf)
    {
        if (reference < 0)
        {
            _leafValues[leaf++] = tree.LeafValues[~reference];
            return;
        }

        var split = tree.Splits[reference];
        var first = leaf;
        Number(tree, split.Left, index, slots, splits, ref leaf);
        var left = ((1UL << (leaf - first)) - 1) << (first - (index * MaxLeaves));
        splits.Add((slots[reference], split.Threshold, ~(uint)left, index));
        Number(tree, split.Right, index, slots, splits, ref leaf);
    }

    // Bounds are not checked in here: slots and trees come from the constructor, and the buffers are sized by them.
    private void MarkLeaves(float[] values, uint[] leaves)
    {
        leaves.AsSpan(0, _treeCount * Rows).Fill(uint.MaxValue);
        ref var value = ref MemoryMarshal.GetArrayDataReference(values);
        ref var leaf = ref MemoryMarshal.GetArrayDataReference(leaves);
        var split = 0;
        for (var group = 0; group < _slots.Length; group++)
        {
            var slot = (nuint)(_slots[group] * Rows);
            var low = Vector256.LoadUnsafe(ref value, slot);
            var high = Vector256.LoadUnsafe(ref value, slot + Lanes);
            var end = _ends[group];
            for (var i = split; i < end; i++)
            {
                var threshold = Vector256.Create(_thresholds[i]);
                var lowPasses = Vector256.LessThanOrEqual(low, threshold);
                var highPasses = Vector256.LessThanOrEqual(high, threshold);
                if ((lowPasses & highPasses).ExtractMostSignificantBits() == byte.MaxValue)
                {
                    break;
                }

                var kept = Vector256.Create(_keptLeaves[i]);
                var tree = (nuint)(_trees[i] * Rows);
                (Vector256.LoadUnsafe(ref leaf, tree) & (lowPasses.AsUInt32() | kept)).StoreUnsafe(ref leaf, tree);
                (Vector256.LoadUnsafe(ref leaf, tree + Lanes) & (highPasses.AsUInt32() | kept)).StoreUnsafe(ref leaf, tree + Lanes);
            }

            split = end;
        }
    }

    // Four rows at a time, so that their sums stay in registers. Bounds as above: a bit vector always has a bit left, below 32.
    private void AddLeaves(uint[] leaves, Span<double> sums)
    {
        ref var leaf = ref MemoryMarshal.GetArrayDataReference(leaves);
        Span<double> all = stackalloc double[Rows];
        for (var row = 0; row < sums.Length; row += 4)
        {
            double a = 0, b = 0, c = 0, d = 0;
            ref var found = ref Unsafe.Add(ref leaf, row);
            ref var values = ref MemoryMarshal.GetArrayDataReference(_leafValues);
            for (var tree = _treeCount; tree > 0; tree--)
            {
                a += Unsafe.Add(ref values, BitOperations.TrailingZeroCount(found));
                b += Unsafe.Add(ref values, BitOperations.TrailingZeroCount(Unsafe.Add(ref found, 1)));
                c += Unsafe.Add(ref values, BitOperations.TrailingZeroCount(Unsafe.Add(ref found, 2)));
                d += Unsafe.Add(ref values, BitOperations.TrailingZeroCount(Unsafe.Add(ref found, 3)));
                found = ref Unsafe.Add(ref found, Rows);
                values = ref Unsafe.Add(ref values, MaxLeaves);
            }

            (all[row], all[row + 1], all[row + 2], all[row + 3]) = (a, b, c, d);
        }

        all[..sums.Length].CopyTo(sums);
    }
}
