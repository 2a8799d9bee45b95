namespace Levee.Features;

/// <summary>An hour of a customer's transactions, added up.</summary>
internal struct CustomerTile
{
    public long StartMicros;
    public long Count;
    public long SumCents;
    public Int128 SumSquares;
    public long MaxCents;

    /// <summary>A tile belongs to a window as a whole, by its middle.</summary>
    public readonly long MiddleMicros => StartMicros + (UnixMicros.PerHour / 2);

    public void Add(long cents)
    {
        Count++;
        SumCents += cents;
        SumSquares += (Int128)cents * cents;
        MaxCents = Math.Max(MaxCents, cents);
    }
}
