using Levee.Features;
using Levee.Models;

namespace Levee.Grains.Models;

/// <summary>The reasons of one model's scores: exact Shapley values, in numbers and in words. Immutable; any thread may use it.</summary>
internal sealed class ModelExplainer
{
    private readonly TreeShap _shap;
    private readonly FeatureList _features;
    private readonly double[] _medians;

    /// <summary>Prepares a model.</summary>
    /// <param name="artifact">The model.</param>
    /// <param name="trees">Its trees; of an ensemble of margins, those of all members.</param>
    /// <param name="covers">Where its training rows went.</param>
    /// <param name="features">The feature list it was trained on.</param>
    public ModelExplainer(ModelArtifact artifact, TreeEnsemble trees, TreeCovers covers, FeatureList features)
    {
        _shap = new TreeShap(trees, covers);
        _features = features;
        _medians = [.. Enumerable.Range(0, features.Count).Select(i => MedianOf(artifact.Probe, i))];
    }

    /// <summary>Explains a score.</summary>
    /// <param name="vector">The features that were scored.</param>
    /// <param name="most">How many reasons to give.</param>
    public ScoreExplanation Explain(ReadOnlySpan<float> vector, int most)
    {
        Span<double> contributions = stackalloc double[vector.Length];
        _shap.Explain(vector, contributions);
        var sizes = new double[vector.Length];
        var order = new int[vector.Length];
        var all = 0.0;
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            sizes[i] = -Math.Abs(contributions[i]);
            all += contributions[i];
        }

        Array.Sort(sizes, order);
        var reasons = new List<ScoreReason>(most);
        var given = 0.0;
        foreach (var i in order.Take(most))
        {
            if (contributions[i] == 0)
            {
                break;
            }

            var usual = ReasonText.UsualOf(_features, i, vector) ?? _medians[i];
            reasons.Add(new ScoreReason(
                _features.Features[i].Name,
                float.IsFinite(vector[i]) ? vector[i] : null,
                double.IsFinite(usual) ? usual : null,
                contributions[i],
                ReasonText.Of(_features, i, vector, usual)));
            given += contributions[i];
        }

        return new ScoreExplanation([.. reasons], _shap.ExpectedRaw, all - given);
    }

    // Most probe rows are transactions as they came: their middle is what is usual.
    private static double MedianOf(ProbeSet probe, int feature)
    {
        var values = new List<float>(probe.Count);
        for (var row = 0; row < probe.Count; row++)
        {
            var value = probe.Rows[(row * probe.Columns) + feature];
            if (float.IsFinite(value))
            {
                values.Add(value);
            }
        }

        values.Sort();
        return values.Count == 0 ? double.NaN : values[values.Count / 2];
    }
}
