namespace Levee.Features;

/// <summary>Sums that an amount is compared with.</summary>
internal struct HabitSums
{
    public long Count;
    public long SumCents;
    public long MaxCents;

    public void Add(long sumCents, long maxCents, long count)
    {
        Count += count;
        SumCents += sumCents;
        MaxCents = Math.Max(MaxCents, maxCents);
    }
}
