namespace Levee.Models;

/// <summary>An inner node of a tree: a row goes left when its value is at most the threshold.</summary>
/// <param name="Feature">Index of the feature, from 0.</param>
/// <param name="Threshold">Threshold; infinite where only missing values are told from the rest.</param>
/// <param name="Left">Child for values up to the threshold: another split's index, or the bitwise complement of a leaf's index.</param>
/// <param name="Right">Child for values above the threshold, in the same form.</param>
/// <param name="Missing">Which values are not compared.</param>
/// <param name="DefaultLeft">Where the values go that are not compared.</param>
public readonly record struct TreeSplit(int Feature, float Threshold, int Left, int Right, MissingKind Missing, bool DefaultLeft);
