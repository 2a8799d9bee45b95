using System.Buffers;

namespace Levee.Models;

/// <summary>The weighted mean of the members' calibrated probabilities.</summary>
internal sealed class MeanProbability(IReadOnlyList<EnsembleMember> members) : IBinaryClassifier
{
    public int FeatureCount => members[0].Artifact.Classifier.FeatureCount;

    public double Predict(ReadOnlySpan<float> features)
    {
        var mean = 0.0;
        foreach (var (_, weight, artifact) in members)
        {
            mean += weight * artifact.Predict(features);
        }

        return Math.Min(mean, 1);
    }

    public void PredictBatch(ReadOnlySpan<float> rows, int columns, Span<double> probabilities)
    {
        var count = probabilities.Length;
        var buffer = ArrayPool<double>.Shared.Rent(count);
        try
        {
            probabilities.Clear();
            foreach (var (_, weight, artifact) in members)
            {
                var own = buffer.AsSpan(0, count);
                artifact.PredictBatch(rows, columns, own);
                for (var i = 0; i < count; i++)
                {
                    probabilities[i] += weight * own[i];
                }
            }

            foreach (ref var probability in probabilities)
            {
                probability = Math.Min(probability, 1);
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(buffer);
        }
    }
}
