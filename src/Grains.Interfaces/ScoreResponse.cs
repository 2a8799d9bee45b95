namespace Levee.Grains;

/// <summary>The answer to a <see cref="ScoreRequest"/>.</summary>
[GenerateSerializer, Immutable, Alias("levee.ScoreResponse")]
public sealed record ScoreResponse
{
    /// <summary>False when no model is loaded yet, or not the one that was asked for; then nothing else is set.</summary>
    [Id(0)] public required bool HasModel { get; init; }

    /// <summary>Identifies the row in the prediction log.</summary>
    [Id(1)] public Guid PredictionId { get; init; }

    /// <summary>Whether the probability reaches the model's decision threshold.</summary>
    [Id(2)] public bool IsFraud { get; init; }

    /// <summary>Probability of fraud, 0 to 1.</summary>
    [Id(3)] public double FraudProbability { get; init; }

    /// <summary>Version that scored, such as "v1".</summary>
    [Id(4)] public string ModelVersion { get; init; } = "";

    /// <summary>True when the customer's or merchant's history could not be read in time, so that the score lacks it.</summary>
    [Id(5)] public bool Degraded { get; init; }

    /// <summary>The reasons, when they were asked for and the version can give them.</summary>
    [Id(6)] public ScoreExplanation? Explanation { get; init; }

    /// <summary>Why the version cannot give the reasons that were asked for, in words; null when it can.</summary>
    [Id(7)] public string? WhyNoReasons { get; init; }
}
