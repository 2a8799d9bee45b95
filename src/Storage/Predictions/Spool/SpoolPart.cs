namespace Levee.Storage;

/// <summary>A stretch of a spool file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its bytes; a payload is without its header.</param>
internal readonly record struct SpoolPart(SpoolPartKind Kind, int Start, int Length);
