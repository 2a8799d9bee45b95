namespace Levee.Storage;

/// <summary>What a commit writes of a grain's window: all of it, or what changed since the version that it continues.</summary>
/// <param name="Bytes">The window, serialised, or the delta.</param>
/// <param name="IsSnapshot">True for the whole window, which a grain's first commit must be.</param>
public readonly record struct StateChange(byte[] Bytes, bool IsSnapshot)
{
    /// <summary>The whole window.</summary>
    public static StateChange Snapshot(byte[] window) => new(window, true);

    /// <summary>What changed.</summary>
    public static StateChange Delta(byte[] delta) => new(delta, false);
}
