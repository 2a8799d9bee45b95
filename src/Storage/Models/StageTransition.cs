namespace Levee.Storage;

/// <summary>A change of a version's stage, as the history keeps it.</summary>
/// <param name="Version">Such as "v1".</param>
/// <param name="From">The stage before.</param>
/// <param name="To">The stage after.</param>
/// <param name="At">When.</param>
/// <param name="Who">Who asked for it.</param>
/// <param name="Why">The reason.</param>
/// <param name="IsRollback">Whether it belongs to a rollback.</param>
/// <param name="Metrics">The version's metrics at that moment.</param>
public sealed record StageTransition(
    string Version,
    ModelStage From,
    ModelStage To,
    DateTimeOffset At,
    string Who,
    string Why,
    bool IsRollback,
    IReadOnlyDictionary<string, double> Metrics);
