namespace Levee.Features;

/// <summary>The sums of one open 1-minute window, in cents.</summary>
internal struct MinuteAccumulator
{
    public int Count;
    public long SumCents;
    public Int128 SumSquares;
    public long MaxCents;
    public int Frauds;

    public void Add(long cents, bool fraud)
    {
        Count++;
        SumCents += cents;
        SumSquares += (Int128)cents * cents;
        MaxCents = Math.Max(MaxCents, cents);
        Frauds += fraud ? 1 : 0;
    }

    public readonly MinuteFeatures ToFeatures(long customerId, long startMicros) => new(
        customerId,
        startMicros,
        startMicros + UnixMicros.PerMinute,
        Count,
        SumCents / 100m / Count,
        MaxCents / 100m,
        Frauds,
        Count < 2 ? null : SampleDeviation.Of(Count, SumCents, SumSquares));
}
