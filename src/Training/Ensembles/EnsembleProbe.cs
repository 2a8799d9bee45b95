using Levee.Models;

namespace Levee.Training;

/// <summary>Probe rows of an ensemble with the means that the members' ML.NET models give.</summary>
internal static class EnsembleProbe
{
    public static ProbeSet Make(ModelEnsemble ensemble, IReadOnlyList<TrainingRow> rows, TrainingOptions options)
    {
        var columns = ensemble.Classifier.FeatureCount;
        var trees = ensemble.Members.Where(member => member.Artifact.Trees is not null).SelectMany(member => member.Artifact.Trees!.Trees);
        var isTrees = ensemble.Members.All(member => member.Artifact.Trees is not null);
        var probe = ProbeRows.Make(rows, trees, options.ProbeRows, options.Seed, isTrees);
        var means = new double[probe.Count];
        foreach (var (_, weight, artifact) in ensemble.Members)
        {
            var model = new MlNetModel(artifact.MlNetModel);
            var values = ensemble.Space == AveragingSpace.Margin
                ? Margins(model, artifact.Trees!, probe)
                : Probabilities(model, artifact, probe);
            for (var i = 0; i < means.Length; i++)
            {
                means[i] += weight * values[i];
            }
        }

        var expected = ensemble.Space == AveragingSpace.Margin
            ? Array.ConvertAll(means, margin => (float)(1 / (1 + Math.Exp(-margin))))
            : Array.ConvertAll(means, mean => (float)mean);
        return new ProbeSet(columns, probe.SelectMany(row => row).ToArray(), expected);
    }

    // ML.NET's own probability is 1 / (1 + exp(slope * score + offset)), so these are its log-odds.
    private static double[] Margins(MlNetModel model, TreeEnsemble trees, IReadOnlyList<float[]> probe) =>
        Array.ConvertAll(model.Score(probe, trees.FeatureCount), score => -((trees.SigmoidSlope * score) + trees.SigmoidOffset));

    private static double[] Probabilities(MlNetModel model, ModelArtifact artifact, IReadOnlyList<float[]> probe) =>
        Array.ConvertAll(model.Predict(probe, artifact.Classifier.FeatureCount), probability => artifact.Calibration.Apply(probability));
}
