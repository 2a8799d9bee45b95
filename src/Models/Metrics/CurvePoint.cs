namespace Levee.Models;

/// <summary>A point of a curve.</summary>
/// <param name="X">0 to 1.</param>
/// <param name="Y">0 to 1.</param>
public readonly record struct CurvePoint(double X, double Y);
