namespace Levee.Simulation;

/// <summary>Picks positions with given weights.</summary>
internal sealed class WeightedIndex
{
    private readonly double[] _sums;

    public WeightedIndex(IEnumerable<double> weights)
    {
        var sum = 0.0;
        _sums = [.. weights.Select(weight => sum += weight)];
    }

    /// <summary>The sum of all weights.</summary>
    public double Total => _sums.Length == 0 ? 0 : _sums[^1];

    public int Pick(DeterministicRandom random)
    {
        var point = random.NextDouble() * Total;
        var (low, high) = (0, _sums.Length - 1);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = _sums[middle] > point ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
