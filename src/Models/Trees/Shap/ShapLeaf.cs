namespace Levee.Models;

/// <summary>A leaf and the features on its path.</summary>
/// <param name="First">Its first factor.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Value">The leaf's raw score.</param>
internal readonly record struct ShapLeaf(int First, int Count, double Value);
