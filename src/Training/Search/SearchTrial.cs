namespace Levee.Training;

/// <summary>One trial of the hyper-parameter search.</summary>
/// <param name="Number">From 0, which is the configuration that the search began with.</param>
/// <param name="Phase">"start", "random" or "local".</param>
/// <param name="Parameters">The parameters that the search varies.</param>
/// <param name="Result">How it did; fewer folds than the others when it was given up.</param>
/// <param name="GivenUp">Whether it was so far behind after some folds that the rest was not run.</param>
public sealed record SearchTrial(
    int Number, string Phase, IReadOnlyDictionary<string, string> Parameters, CrossValidationResult Result, bool GivenUp);
