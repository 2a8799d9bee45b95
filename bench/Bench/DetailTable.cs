namespace Levee.Bench;

/// <summary>A table beside the comparisons: several figures of several things.</summary>
/// <param name="Head">The columns; the first names the thing.</param>
/// <param name="Rows">As many cells as there are columns in each.</param>
internal sealed record DetailTable(string[] Head, IReadOnlyList<string[]> Rows);
