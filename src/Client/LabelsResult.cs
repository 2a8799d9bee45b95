namespace Levee.Client;

/// <summary>What became of labels; they are durable.</summary>
/// <param name="Accepted">Labels in the request.</param>
/// <param name="New">Those that were not stored before.</param>
public sealed record LabelsResult(int Accepted, int New);
