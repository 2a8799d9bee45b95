namespace Levee.Storage;

/// <summary>The outcome of a commit.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="NewVersion">Version of the state's row now; 0 unless committed.</param>
/// <param name="Duplicates">The transactions that are stored already; empty unless that is the reason.</param>
public sealed record CommitResult(CommitStatus Status, long NewVersion, IReadOnlyList<StoredTransaction> Duplicates)
{
    internal static CommitResult Conflict { get; } = new(CommitStatus.VersionConflict, 0, []);
}
