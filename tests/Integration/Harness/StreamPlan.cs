namespace Levee.Integration.Harness;

/// <summary>What to produce, and whether to the partition of the customer or to any.</summary>
public sealed record StreamPlan(
    int Seed, int Count, double LateShare = 0, double DuplicateShare = 0, double PoisonShare = 0, bool AnyPartition = false)
{
    /// <summary>How long before the present the event times end. By default the last minute is over, and nobody has to wait for its end.</summary>
    public TimeSpan EndsAgo { get; init; } = TimeSpan.FromSeconds(75);
}
