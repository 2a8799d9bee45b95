namespace Levee.Storage;

/// <summary>A grain's durable state: the window's last snapshot, and what changed since.</summary>
/// <param name="Snapshot">The window, serialised, as it was some commits ago.</param>
/// <param name="Deltas">The changes since, oldest first.</param>
/// <param name="Version">Version of the row, at least 1.</param>
/// <param name="Offsets">The offset vector as JSON.</param>
public sealed record StoredState(byte[] Snapshot, IReadOnlyList<byte[]> Deltas, long Version, string Offsets);
