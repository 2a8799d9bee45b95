namespace Levee.Storage;

/// <summary>How the prediction log does.</summary>
/// <param name="SpooledBytes">Bytes that wait on the disk for PostgreSQL.</param>
/// <param name="OldestAge">How long the oldest of them have waited.</param>
/// <param name="IsHeld">Whether neither PostgreSQL nor the disk takes predictions, so that they wait in memory.</param>
/// <param name="IsDropping">Whether predictions were dropped within the last minute.</param>
public readonly record struct PredictionLogState(long SpooledBytes, TimeSpan OldestAge, bool IsHeld, bool IsDropping);
