using System.Runtime.Intrinsics;

namespace Levee.Models;

/// <summary>
/// Copies a row once for each rule for missing values that the trees use, each copy with its missing values replaced so that a plain
/// comparison sends them the right way: minus infinity is at most any threshold, NaN is at most none. One more value, always 0, is what leaves
/// read.
/// </summary>
internal sealed class RowPreparation
{
    /// <summary>Values this near to zero count as zero, as in LightGBM.</summary>
    private const float ZeroThreshold = 1e-35f;

    private readonly (bool ZeroIsMissing, float Replacement)[] _copies;
    private readonly int _featureCount;

    public RowPreparation(int featureCount, IReadOnlyList<(bool ZeroIsMissing, bool Left)> copies)
    {
        _featureCount = featureCount;
        _copies = [.. copies.Select(c => (c.ZeroIsMissing, c.Left ? float.NegativeInfinity : float.NaN))];
    }

    /// <summary>Values of a prepared row.</summary>
    public int SlotCount => (_featureCount * _copies.Length) + 1;

    public void Prepare(ReadOnlySpan<float> features, Span<float> row)
    {
        row[0] = 0;
        for (var copy = 0; copy < _copies.Length; copy++)
        {
            var (zeroIsMissing, replacement) = _copies[copy];
            var target = row.Slice(1 + (copy * _featureCount), _featureCount);
            var i = 0;
            if (Vector256.IsHardwareAccelerated && !zeroIsMissing)
            {
                var missing = Vector256.Create(replacement);
                for (; i + Vector256<float>.Count <= target.Length; i += Vector256<float>.Count)
                {
                    var values = Vector256.Create(features[i..]);
                    Vector256.ConditionalSelect(Vector256.Equals(values, values), values, missing).CopyTo(target[i..]);
                }
            }

            for (; i < target.Length; i++)
            {
                target[i] = Replace(features[i], zeroIsMissing, replacement);
            }
        }
    }

    /// <summary>Prepares several rows, value by value: slot s of row r goes to <c>values[s * stride + r]</c>. The rest of a stride is 0.</summary>
    public void PrepareColumns(ReadOnlySpan<float> rows, int columns, Span<float> values, int stride)
    {
        values[..(SlotCount * stride)].Clear();
        for (var copy = 0; copy < _copies.Length; copy++)
        {
            var (zeroIsMissing, replacement) = _copies[copy];
            var target = values.Slice((1 + (copy * _featureCount)) * stride, _featureCount * stride);
            for (var row = 0; row * columns < rows.Length; row++)
            {
                var features = rows.Slice(row * columns, columns);
                for (var i = 0; i < features.Length; i++)
                {
                    target[(i * stride) + row] = Replace(features[i], zeroIsMissing, replacement);
                }
            }
        }
    }

    private static float Replace(float value, bool zeroIsMissing, float replacement) =>
        float.IsNaN(value) || (zeroIsMissing && Math.Abs(value) <= ZeroThreshold) ? replacement : value;
}
