namespace Levee.Features;

/// <summary>One feature: source, window and operation. The key follows from the source: the customer or the merchant.</summary>
/// <param name="Name">In snake_case, unique.</param>
/// <param name="Source">What it is computed from.</param>
/// <param name="WindowMicros">Length of the window in microseconds; 0 when there is none.</param>
/// <param name="Operation">What is computed.</param>
public sealed record FeatureDefinition(string Name, FeatureSource Source, long WindowMicros, FeatureOperation Operation);
