namespace Levee.Storage;

/// <summary>How far an import is.</summary>
/// <param name="Step">What it is at.</param>
/// <param name="Done">Rows read, rows stored, or merchants made anew.</param>
/// <param name="Total">Of how many; 0 while reading.</param>
public readonly record struct ImportProgress(ImportStep Step, long Done, long Total);
