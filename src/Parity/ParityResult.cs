namespace Levee.Parity;

/// <summary>What a check has found so far.</summary>
/// <param name="Compared">Vectors that were compared.</param>
/// <param name="Different">Vectors that differ, and stored rows that were changed after they were written.</param>
/// <param name="Degraded">Predictions that were made without history, and so are not compared.</param>
/// <param name="OtherFeatures">Predictions on another list of features, not compared.</param>
/// <param name="Unlogged">Predictions from before it was logged what their merchant knew, not compared.</param>
/// <param name="Incomplete">Predictions that saw what is not stored yet, not compared: another check can.</param>
public readonly record struct ParityResult(
    long Compared, long Different, long Degraded = 0, long OtherFeatures = 0, long Unlogged = 0, long Incomplete = 0);
