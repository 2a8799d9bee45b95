namespace Levee.Features.Tests.Oracle;

/// <summary>One step of a random stream: what happens, how far from the clock in microseconds, and numbers to take choices from.</summary>
public readonly record struct Step(StepKind Kind, long Gap, int Cents, int Pick);
