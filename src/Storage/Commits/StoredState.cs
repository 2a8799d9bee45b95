namespace Levee.Storage;

/// <summary>A grain's durable state.</summary>
/// <param name="State">The window, serialised.</param>
/// <param name="Version">Version of the row, at least 1.</param>
/// <param name="Offsets">The offset vector as JSON.</param>
public sealed record StoredState(byte[] State, long Version, string Offsets);
