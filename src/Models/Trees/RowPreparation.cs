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
            for (var i = 0; i < target.Length; i++)
            {
                var value = features[i];
                var missing = float.IsNaN(value) || (zeroIsMissing && Math.Abs(value) <= ZeroThreshold);
                target[i] = missing ? replacement : value;
            }
        }
    }
}
