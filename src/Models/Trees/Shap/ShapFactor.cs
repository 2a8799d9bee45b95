namespace Levee.Models;

/// <summary>One feature on the path to a leaf, with all splits there that read it.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="FirstCondition">The first of its splits.</param>
/// <param name="ConditionCount">How many there are.</param>
/// <param name="Share">Share of the training rows that go along, of those that come to each split.</param>
internal readonly record struct ShapFactor(int Feature, int FirstCondition, int ConditionCount, double Share);
