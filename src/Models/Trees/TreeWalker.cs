using System.Buffers;
using System.Runtime.InteropServices;

namespace Levee.Models;

/// <summary>
/// Evaluates many rows by walking: a block of prepared rows stays in the cache while all trees pass over it, and within a tree several
/// rows are walked side by side.
/// </summary>
internal sealed class TreeWalker(CompiledTrees compiled) : BatchEvaluator
{
    private const int BlockRows = 64;
    private const int Lanes = 8;

    public override void Sum(ReadOnlySpan<float> rows, int columns, Span<double> sums)
    {
        var preparation = compiled.Preparation;
        var slots = preparation.SlotCount;
        var buffer = ArrayPool<float>.Shared.Rent(BlockRows * slots);
        try
        {
            for (var start = 0; start < sums.Length; start += BlockRows)
            {
                var count = Math.Min(BlockRows, sums.Length - start);
                for (var i = 0; i < count; i++)
                {
                    preparation.Prepare(rows.Slice((start + i) * columns, columns), buffer.AsSpan(i * slots, slots));
                }

                var block = sums.Slice(start, count);
                block.Clear();
                for (var tree = 0; tree < compiled.Roots.Length; tree++)
                {
                    AddTree(compiled.Roots[tree], compiled.Depths[tree], buffer, slots, block);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private void AddTree(int root, int depth, float[] buffer, int slots, Span<double> sums)
    {
        var leafValues = compiled.LeafValues;
        ref var first = ref MemoryMarshal.GetArrayDataReference(compiled.Nodes);
        var i = 0;
        for (; i + Lanes <= sums.Length; i += Lanes)
        {
            ref var r0 = ref buffer[i * slots];
            ref var r1 = ref buffer[(i + 1) * slots];
            ref var r2 = ref buffer[(i + 2) * slots];
            ref var r3 = ref buffer[(i + 3) * slots];
            ref var r4 = ref buffer[(i + 4) * slots];
            ref var r5 = ref buffer[(i + 5) * slots];
            ref var r6 = ref buffer[(i + 6) * slots];
            ref var r7 = ref buffer[(i + 7) * slots];
            nint n0 = root, n1 = root, n2 = root, n3 = root, n4 = root, n5 = root, n6 = root, n7 = root;
            for (var step = depth; step > 0; step--)
            {
                n0 = TreeEnsemble.Next(ref first, ref r0, n0);
                n1 = TreeEnsemble.Next(ref first, ref r1, n1);
                n2 = TreeEnsemble.Next(ref first, ref r2, n2);
                n3 = TreeEnsemble.Next(ref first, ref r3, n3);
                n4 = TreeEnsemble.Next(ref first, ref r4, n4);
                n5 = TreeEnsemble.Next(ref first, ref r5, n5);
                n6 = TreeEnsemble.Next(ref first, ref r6, n6);
                n7 = TreeEnsemble.Next(ref first, ref r7, n7);
            }

            sums[i] += leafValues[n0];
            sums[i + 1] += leafValues[n1];
            sums[i + 2] += leafValues[n2];
            sums[i + 3] += leafValues[n3];
            sums[i + 4] += leafValues[n4];
            sums[i + 5] += leafValues[n5];
            sums[i + 6] += leafValues[n6];
            sums[i + 7] += leafValues[n7];
        }

        for (; i < sums.Length; i++)
        {
            ref var row = ref buffer[i * slots];
            nint node = root;
            for (var step = depth; step > 0; step--)
            {
                node = TreeEnsemble.Next(ref first, ref row, node);
            }

            sums[i] += leafValues[node];
        }
    }
}
