namespace Levee.Storage;

/// <summary>How far a rebuild is. Counts only rise.</summary>
/// <param name="Kind">What is looked at now.</param>
/// <param name="Keys">States compared so far, of both kinds.</param>
/// <param name="Transactions">Stored transactions folded so far; each counts for its customer and for its merchant.</param>
/// <param name="Different">States that differ.</param>
/// <param name="Applied">States that were replaced, or agreed when it came to it.</param>
/// <param name="Unsettled">States that could not be judged or replaced in time.</param>
public readonly record struct RebuildProgress(GrainKind Kind, long Keys, long Transactions, long Different, long Applied, long Unsettled);
