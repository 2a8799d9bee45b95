namespace Levee.Integration.Harness;

/// <summary>What to produce.</summary>
public sealed record StreamPlan(int Seed, int Count, double LateShare = 0, double DuplicateShare = 0, double PoisonShare = 0);
