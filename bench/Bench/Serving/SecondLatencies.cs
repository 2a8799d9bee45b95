namespace Levee.Bench.Serving;

/// <summary>
/// Latencies by the second in which a request was due, so that those in which the hypervisor took processors away can be told from the others.
/// </summary>
/// <param name="seconds">How many there are.</param>
internal sealed class SecondLatencies(int seconds)
{
    // Of all processors' time in a second: with two of them, one is away for 40 ms.
    private const double DisturbedPercent = 2;

    private readonly LatencyHistogram[] _latencies = [.. Enumerable.Range(0, seconds).Select(_ => new LatencyHistogram())];
    private readonly double[] _stolen = new double[seconds];

    /// <summary>Notes an answer.</summary>
    /// <param name="due">When the request was due, since the beginning.</param>
    /// <param name="latency">From then on.</param>
    public void Record(TimeSpan due, TimeSpan latency) => _latencies[Math.Min((int)due.TotalSeconds, seconds - 1)].Record(latency);

    /// <summary>Notes how much was stolen.</summary>
    /// <param name="from">Begin of the time, since the beginning.</param>
    /// <param name="to">Its end.</param>
    /// <param name="percent">Of all processors' time.</param>
    public void Stolen(TimeSpan from, TimeSpan to, double percent)
    {
        for (var second = (int)from.TotalSeconds; second <= (int)to.TotalSeconds && second < seconds; second++)
        {
            _stolen[second] = Math.Max(_stolen[second], percent);
        }
    }

    /// <summary>The latencies of seconds in which, and before which, hardly anything was stolen: what waited meanwhile is answered in the next.</summary>
    /// <param name="count">How many seconds these are.</param>
    public LatencyHistogram Calm(out int count)
    {
        var calm = new LatencyHistogram();
        count = 0;
        for (var second = 0; second < seconds; second++)
        {
            if (_stolen[second] < DisturbedPercent && (second == 0 || _stolen[second - 1] < DisturbedPercent))
            {
                calm.Add(_latencies[second]);
                count++;
            }
        }

        return calm;
    }
}
