using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Levee.Models;

/// <summary>
/// Evaluates 64 rows at once without walking. First each value becomes its rank among the thresholds that any tree compares it with, a
/// byte: a value is at most the j-th threshold exactly when its rank is at most j. Then each tree is evaluated from its leaves up: a
/// split selects, for 32 rows in one step, the leaf number that its left or its right side came to. All splits are evaluated, also those
/// that no row reaches, which is cheaper than to look for the few that count as long as trees are small.
/// </summary>
internal sealed class RankedTrees : BatchEvaluator
{
    /// <summary>Most leaves of a tree; larger ones are walked faster.</summary>
    public const int MaxLeaves = 64;

    private const int Rows = 64;
    private const int HalfRows = Rows / 2;
    private const int Lanes = 8;

    // A block costs the same with few rows in it as with all.
    private const int FewRows = 12;

    private readonly TreeWalker _walker;
    private readonly RowPreparation _preparation;
    private readonly int _leafStride;
    private readonly double[] _leafValues;

    // Per group the slot that it ranks and the end of its thresholds, which ascend.
    private readonly int[] _slots;
    private readonly int[] _thresholdEnds;
    private readonly float[] _thresholds;

    // Per tree the end of its splits; children come before their parents, the root last.
    private readonly int[] _splitEnds;
    private readonly RankedSplit[] _splits;

    public RankedTrees(CompiledTrees compiled, IReadOnlyList<TreeDefinition> trees)
    {
        _walker = new TreeWalker(compiled);
        _preparation = compiled.Preparation;
        _leafStride = trees.Max(tree => tree.LeafValues.Count);
        _leafValues = new double[trees.Count * _leafStride];
        var ranks = new ThresholdRanks(trees, compiled.SplitSlots);
        (_slots, _thresholdEnds, _thresholds) = (ranks.Slots, ranks.Ends, ranks.Thresholds);
        var splits = new List<RankedSplit>();
        _splitEnds = new int[trees.Count];
        for (var i = 0; i < trees.Count; i++)
        {
            trees[i].LeafValues.ToArray().CopyTo(_leafValues, i * _leafStride);
            var results = 0;
            Append(trees[i], trees[i].Splits.Count == 0 ? ~0 : 0, compiled.SplitSlots[i], ranks, splits, ref results);
            _splitEnds[i] = splits.Count;
        }

        _splits = [.. splits];
    }

    public override void Sum(ReadOnlySpan<float> rows, int columns, Span<double> sums)
    {
        var whole = sums.Length - (sums.Length % Rows);
        var walked = sums.Length - whole < FewRows ? sums.Length - whole : 0;
        if (walked > 0)
        {
            _walker.Sum(rows[(whole * columns)..], columns, sums[whole..]);
        }

        if (walked == sums.Length)
        {
            return;
        }

        var values = ArrayPool<float>.Shared.Rent(_preparation.SlotCount * Rows);
        var ranks = ArrayPool<byte>.Shared.Rent(_slots.Length * Rows);
        var scratch = ArrayPool<byte>.Shared.Rent(2 * MaxLeaves * Rows);
        var leaves = ArrayPool<byte>.Shared.Rent(_splitEnds.Length * Rows);
        try
        {
            // What a leaf as a child comes to is its own number.
            for (var leaf = 0; leaf < _leafStride; leaf++)
            {
                scratch.AsSpan(leaf * Rows, Rows).Fill((byte)leaf);
            }

            for (var start = 0; start < sums.Length - walked; start += Rows)
            {
                var count = Math.Min(Rows, sums.Length - start);
                _preparation.PrepareColumns(rows.Slice(start * columns, count * columns), columns, values, Rows);
                Rank(values, ranks);
                FindLeaves(ranks, scratch, leaves);
                AddLeaves(leaves, sums.Slice(start, count));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
            ArrayPool<byte>.Shared.Return(ranks);
            ArrayPool<byte>.Shared.Return(scratch);
            ArrayPool<byte>.Shared.Return(leaves);
        }
    }

    // Where a child's result lies in the scratch: leaves first, then the tree's splits in the order in which they are evaluated.
    private static int Append(
        TreeDefinition tree, int reference, int[] slots, ThresholdRanks ranks, List<RankedSplit> splits, ref int results)
    {
        if (reference < 0)
        {
            return ~reference * Rows;
        }

        var split = tree.Splits[reference];
        var left = Append(tree, split.Left, slots, ranks, splits, ref results);
        var right = Append(tree, split.Right, slots, ranks, splits, ref results);
        var (group, limit) = ranks.Find(slots[reference], split.Threshold);
        splits.Add(new RankedSplit(group * Rows, left, right, limit));
        return (MaxLeaves + results++) * Rows;
    }

    // Bounds are not checked from here on: offsets come from the constructor, and the buffers are sized by them.
    private void Rank(float[] values, byte[] ranks)
    {
        ref var threshold = ref MemoryMarshal.GetArrayDataReference(_thresholds);
        ref var rank = ref MemoryMarshal.GetArrayDataReference(ranks);
        var begin = 0;
        for (var group = 0; group < _slots.Length; group++)
        {
            var end = _thresholdEnds[group];
            for (var half = 0; half < Rows; half += HalfRows)
            {
                ref var value = ref values[(_slots[group] * Rows) + half];
                var a = Vector256.LoadUnsafe(ref value);
                var b = Vector256.LoadUnsafe(ref value, Lanes);
                var c = Vector256.LoadUnsafe(ref value, 2 * Lanes);
                var d = Vector256.LoadUnsafe(ref value, 3 * Lanes);

                // A comparison that holds is -1 in every bit: what is left counts those that fail, all of them for NaN.
                var left = Vector256.Create(end - begin);
                var (leftA, leftB, leftC, leftD) = (left, left, left, left);
                for (var i = begin; i < end; i++)
                {
                    var limit = Vector256.Create(Unsafe.Add(ref threshold, i));
                    leftA += Vector256.LessThanOrEqual(a, limit).AsInt32();
                    leftB += Vector256.LessThanOrEqual(b, limit).AsInt32();
                    leftC += Vector256.LessThanOrEqual(c, limit).AsInt32();
                    leftD += Vector256.LessThanOrEqual(d, limit).AsInt32();
                }

                var low = Vector256.Narrow(leftA.AsUInt32(), leftB.AsUInt32());
                var high = Vector256.Narrow(leftC.AsUInt32(), leftD.AsUInt32());
                Vector256.Narrow(low, high).StoreUnsafe(ref rank, (nuint)((group * Rows) + half));
            }

            begin = end;
        }
    }

    private void FindLeaves(byte[] ranks, byte[] scratch, byte[] leaves)
    {
        ref var rank = ref MemoryMarshal.GetArrayDataReference(ranks);
        ref var result = ref MemoryMarshal.GetArrayDataReference(scratch);
        ref var leaf = ref MemoryMarshal.GetArrayDataReference(leaves);
        ref var splits = ref MemoryMarshal.GetArrayDataReference(_splits);
        var split = 0;
        for (var tree = 0; tree < _splitEnds.Length; tree++)
        {
            var (low, high) = (Vector256<byte>.Zero, Vector256<byte>.Zero);
            nuint output = MaxLeaves * Rows;
            for (var end = _splitEnds[tree]; split < end; split++)
            {
                ref readonly var current = ref Unsafe.Add(ref splits, split);
                var limit = Vector256.Create(current.Limit);
                var lowPasses = Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref rank, current.Rank), limit);
                var highPasses = Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref rank, current.Rank + HalfRows), limit);
                low = Vector256.ConditionalSelect(
                    lowPasses, Vector256.LoadUnsafe(ref result, current.Left), Vector256.LoadUnsafe(ref result, current.Right));
                high = Vector256.ConditionalSelect(
                    highPasses,
                    Vector256.LoadUnsafe(ref result, (nuint)current.Left + HalfRows),
                    Vector256.LoadUnsafe(ref result, (nuint)current.Right + HalfRows));
                low.StoreUnsafe(ref result, output);
                high.StoreUnsafe(ref result, output + HalfRows);
                output += Rows;
            }

            low.StoreUnsafe(ref leaf, (nuint)(tree * Rows));
            high.StoreUnsafe(ref leaf, (nuint)((tree * Rows) + HalfRows));
        }
    }

    // Four rows at a time, so that their sums stay in registers; the trees in their order, as everywhere.
    private void AddLeaves(byte[] leaves, Span<double> sums)
    {
        Span<double> all = stackalloc double[Rows];
        for (var row = 0; row < sums.Length; row += 4)
        {
            double a = 0, b = 0, c = 0, d = 0;
            ref var found = ref leaves[row];
            ref var values = ref MemoryMarshal.GetArrayDataReference(_leafValues);
            for (var tree = _splitEnds.Length; tree > 0; tree--)
            {
                a += Unsafe.Add(ref values, (nint)found);
                b += Unsafe.Add(ref values, (nint)Unsafe.Add(ref found, 1));
                c += Unsafe.Add(ref values, (nint)Unsafe.Add(ref found, 2));
                d += Unsafe.Add(ref values, (nint)Unsafe.Add(ref found, 3));
                found = ref Unsafe.Add(ref found, Rows);
                values = ref Unsafe.Add(ref values, _leafStride);
            }

            (all[row], all[row + 1], all[row + 2], all[row + 3]) = (a, b, c, d);
        }

        all[..sums.Length].CopyTo(sums);
    }
}
