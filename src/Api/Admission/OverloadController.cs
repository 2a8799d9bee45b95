namespace Levee.Api.Admission;

/// <summary>
/// Chooses the share of requests to refuse so that a request waits about <paramref name="target"/> at most until the process turns to it.
/// A proportional-integral controller on that delay, the form of PIE (RFC 8033, section 4.2); the smallest of the last delays is what counts,
/// as in CoDel (RFC 8289, section 3.2), so that a pause such as a garbage collection, which a queue works off by itself, refuses nobody.
/// </summary>
/// <param name="target">The delay to hold; above zero, or zero to refuse nobody.</param>
internal sealed class OverloadController(TimeSpan target)
{
    /// <summary>How far apart the delays given to <see cref="Observe"/> are; the gains hold for this.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    // A sample's part of 0.1 a second for each target that the delay lies above the target, and 0.15 for each target that it has grown by above
    // it. Damped, with the lag that a queue of one target's length has, up to two and a half times of what can be answered.
    private const double IntegralGain = 0.1 * 0.020;
    private const double ProportionalGain = 0.15;
    private const double MostError = 4;

    // Some are let in always: they show the caller that the service lives.
    private const double MostShare = 0.95;
    private const int Samples = 4;

    // Once the queue has gone: a fall to a hundredth within three seconds, as PIE does it.
    private const double Empty = 0.25;
    private const double Decay = 0.97;
    private const double LeastShare = 0.005;
    private const long Whole = 1L << 32;

    private readonly double[] _last = new double[Samples];
    private int _next;
    private double _excess;
    private double _share;
    private long _sum;

    /// <summary>The share to refuse, 0 to 0.95.</summary>
    public double Share => Volatile.Read(ref _share);

    /// <summary>
    /// Whether to refuse a request that has just arrived. Shares are added up, and the one that fills another whole is refused: refusals
    /// come as evenly as they can.
    /// </summary>
    public bool Refuses()
    {
        var part = (long)(Share * Whole);
        if (part == 0)
        {
            return false;
        }

        var sum = Interlocked.Add(ref _sum, part);
        return (sum & (Whole - 1)) < part;
    }

    /// <summary>Refuses nobody, until further delays say otherwise.</summary>
    public void Reset()
    {
        Array.Clear(_last);
        _excess = 0;
        Volatile.Write(ref _share, 0);
    }

    /// <summary>Takes the next measurement; for one thread.</summary>
    /// <param name="delay">How long what arrived last has waited, or waits still.</param>
    public void Observe(TimeSpan delay)
    {
        if (target == TimeSpan.Zero)
        {
            return;
        }

        _last[_next] = delay / target;
        _next = (_next + 1) % Samples;
        var error = Math.Min(_last.Min() - 1, MostError);
        var excess = Math.Max(error, 0);
        var share = _share + (IntegralGain * error) + (ProportionalGain * (excess - _excess));
        _excess = excess;
        share = _last.Max() < Empty ? share * Decay : share;
        Volatile.Write(ref _share, excess == 0 && share < LeastShare ? 0 : Math.Clamp(share, 0, MostShare));
    }
}
