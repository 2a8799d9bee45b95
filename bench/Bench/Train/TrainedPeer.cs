namespace Levee.Bench.Train;

/// <summary>One training of the XGBoost process.</summary>
/// <param name="Seconds">From the arrays in memory to the booster.</param>
/// <param name="Scores">Its probabilities of the test rows.</param>
internal sealed record TrainedPeer(double Seconds, double[] Scores);
