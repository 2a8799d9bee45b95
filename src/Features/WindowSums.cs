namespace Levee.Features;

/// <summary>Exact sums of one window; floating point begins only where they are read.</summary>
internal struct WindowSums
{
    public long Count;
    public long SumCents;
    public Int128 SumSquares;
    public long MaxCents;

    public readonly double Average => Count == 0 ? 0 : SumCents / (double)Count / 100.0;

    public readonly double Maximum => MaxCents / 100.0;

    public readonly double Deviation => SampleDeviation.Of(Count, SumCents, SumSquares);

    public void Add(long cents)
    {
        Count++;
        SumCents += cents;
        SumSquares += (Int128)cents * cents;
        MaxCents = Math.Max(MaxCents, cents);
    }

    public void Add(in CustomerTile tile)
    {
        Count += tile.Count;
        SumCents += tile.SumCents;
        SumSquares += tile.SumSquares;
        MaxCents = Math.Max(MaxCents, tile.MaxCents);
    }
}
