namespace Levee.Grains;

/// <summary>
/// Why a score is what it is, in log-odds before calibration: <see cref="Base"/>, the contributions of <see cref="Reasons"/> and
/// <see cref="Rest"/> add up to the trees' score.
/// </summary>
/// <param name="Reasons">The features that moved the score most, the largest first.</param>
/// <param name="Base">What the model expects of any transaction.</param>
/// <param name="Rest">The sum of all other features' contributions.</param>
[GenerateSerializer, Immutable, Alias("levee.ScoreExplanation")]
public sealed record ScoreExplanation(
    [property: Id(0)] ScoreReason[] Reasons,
    [property: Id(1)] double Base,
    [property: Id(2)] double Rest);
