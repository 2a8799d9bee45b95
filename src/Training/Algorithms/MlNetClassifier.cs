using Levee.Models;
using Microsoft.ML;

namespace Levee.Training;

/// <summary>
/// Serves any ML.NET binary classifier whose input is the vector <c>Features</c>: the slower path for models that are not compiled trees. A
/// score without a probability is taken as log-odds; the calibration that the artifact holds makes a probability of it.
/// </summary>
/// <remarks>
/// ML.NET maps rows through chains of getters that hold state, so each caller takes a chain of its own from a pool. Chains that find no
/// place in the pool when they come back are let go, so that it stays as small as the machine has processors, twice over. Values beyond
/// <see cref="Limit"/> are cut off at it: linear models overflow to NaN otherwise, and a probability is always a number.
/// </remarks>
public sealed class MlNetClassifier : IBinaryClassifier
{
    /// <summary>Greatest absolute value that a model is given.</summary>
    public const float Limit = 1e12f;

    private readonly ITransformer _pipeline;
    private readonly MlNetRowMapping?[] _idle = new MlNetRowMapping?[2 * Environment.ProcessorCount];

    /// <summary>Loads a model.</summary>
    /// <param name="model">The ML.NET model file (a zip).</param>
    /// <param name="featureCount">Number of features of a row.</param>
    /// <exception cref="ModelArtifactException">The file is not a binary classifier of such rows.</exception>
    public MlNetClassifier(ReadOnlyMemory<byte> model, int featureCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(featureCount);
        FeatureCount = featureCount;
        try
        {
            using var stream = new MemoryStream(model.ToArray());
            _pipeline = new MLContext(seed: 0).Model.Load(stream, out _);
            _idle[0] = new MlNetRowMapping(_pipeline, featureCount);
        }
        catch (Exception e) when (
            e is FormatException or InvalidOperationException or ArgumentException or IOException or InvalidDataException)
        {
            throw new ModelArtifactException($"The ML.NET model is not a binary classifier of {featureCount} features: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public int FeatureCount { get; }

    /// <summary>Loads a model; for <see cref="ModelArtifact.FromBytes"/>.</summary>
    /// <param name="model">The ML.NET model file (a zip).</param>
    /// <param name="featureCount">Number of features of a row.</param>
    /// <exception cref="ModelArtifactException">The file is not a binary classifier of such rows.</exception>
    public static IBinaryClassifier Load(ReadOnlyMemory<byte> model, int featureCount) => new MlNetClassifier(model, featureCount);

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<float> features)
    {
        RowShape.Check(features, FeatureCount);
        var mapping = Take();
        var probability = mapping.Predict(features);
        Return(mapping);
        return probability;
    }

    /// <inheritdoc/>
    public void PredictBatch(ReadOnlySpan<float> rows, int columns, Span<double> probabilities)
    {
        RowShape.Check(rows, columns, probabilities.Length, FeatureCount);
        var mapping = Take();
        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = mapping.Predict(rows.Slice(i * columns, columns));
        }

        Return(mapping);
    }

    /// <summary>The probability of a score that is log-odds.</summary>
    internal static double ToProbability(float score) => 1 / (1 + Math.Exp(-score));

    private MlNetRowMapping Take()
    {
        foreach (ref var place in _idle.AsSpan())
        {
            if (place is not null && Interlocked.Exchange(ref place, null) is { } mapping)
            {
                return mapping;
            }
        }

        return new MlNetRowMapping(_pipeline, FeatureCount);
    }

    private void Return(MlNetRowMapping mapping)
    {
        foreach (ref var place in _idle.AsSpan())
        {
            if (place is null && Interlocked.CompareExchange(ref place, mapping, null) is null)
            {
                return;
            }
        }
    }
}
