namespace Levee.Training;

/// <summary>A run, as its files name it.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Kind">What kind of run: "first", "train", "retrain".</param>
/// <param name="Who">Who started it.</param>
public sealed record RunDescription(Guid RunId, string Kind, string Who);
