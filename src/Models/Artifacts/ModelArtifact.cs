using System.Security.Cryptography;

namespace Levee.Models;

/// <summary>
/// A trained model as one blob: its metadata, the trees that serve, the ML.NET model they were compiled from, the probe rows that show
/// that both give the same probabilities, the calibration that is applied after the trees, and where the training rows went in the trees.
/// The same content always gives the same bytes.
/// </summary>
public sealed class ModelArtifact
{
    private readonly byte[] _mlNetModel;

    /// <summary>Puts an artifact together and verifies it.</summary>
    /// <param name="metadata">What is known of the model.</param>
    /// <param name="trees">The trees.</param>
    /// <param name="mlNetModel">The ML.NET model file (a zip).</param>
    /// <param name="probe">Rows with the probabilities that the ML.NET model gives, before calibration.</param>
    /// <param name="calibration">Applied to the trees' probabilities; null for none.</param>
    /// <param name="covers">Where the training rows went, for explanations; null when that is not known.</param>
    /// <exception cref="ModelArtifactException">The parts do not belong together.</exception>
    public ModelArtifact(
        ModelMetadata metadata,
        TreeEnsemble trees,
        ReadOnlySpan<byte> mlNetModel,
        ProbeSet probe,
        ProbabilityCalibration? calibration = null,
        TreeCovers? covers = null)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(trees);
        ArgumentNullException.ThrowIfNull(probe);
        if (metadata.FeatureNames.Count != trees.FeatureCount)
        {
            throw new ModelArtifactException(
                $"The metadata name {metadata.FeatureNames.Count} features, the trees expect {trees.FeatureCount}.");
        }

        if (metadata.Threshold is not (>= 0 and <= 1))
        {
            throw new ModelArtifactException($"The decision threshold is {metadata.Threshold}; it must be between 0 and 1.");
        }

        if (covers is not null && !covers.Fits(trees))
        {
            throw new ModelArtifactException("The leaf counts are of other trees.");
        }

        probe.Verify(trees);
        Metadata = metadata;
        Trees = trees;
        Probe = probe;
        Calibration = calibration ?? ProbabilityCalibration.None;
        Covers = covers;
        _mlNetModel = mlNetModel.ToArray();
        TreesSha256 = Convert.ToHexStringLower(SHA256.HashData(trees.Serialize()));
    }

    /// <summary>What is known of the model.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>The trees that serve.</summary>
    public TreeEnsemble Trees { get; }

    /// <summary>The ML.NET model file (a zip).</summary>
    public ReadOnlyMemory<byte> MlNetModel => _mlNetModel;

    /// <summary>Rows with the probabilities of the ML.NET model.</summary>
    public ProbeSet Probe { get; }

    /// <summary>Applied to the trees' probabilities.</summary>
    public ProbabilityCalibration Calibration { get; }

    /// <summary>Where the training rows went, for explanations; null in artifacts of the first format.</summary>
    public TreeCovers? Covers { get; }

    /// <summary>SHA-256 of the serialised trees, lower-case hex: equal for equal models, whenever and wherever they were trained.</summary>
    public string TreesSha256 { get; }

    /// <summary>
    /// Reads an artifact and makes sure that it may serve: it is undamaged, it was trained on the expected feature list, and its trees give
    /// the probabilities of its ML.NET model.
    /// </summary>
    /// <param name="data">The blob.</param>
    /// <param name="expectedFeatureHash">Hash of the feature list in use.</param>
    /// <exception cref="ModelArtifactException">The artifact must not be served; the message says why.</exception>
    public static ModelArtifact FromBytes(ReadOnlyMemory<byte> data, string expectedFeatureHash) =>
        ModelArtifactFormat.Read(data, expectedFeatureHash);

    /// <summary>The same model with other metadata.</summary>
    /// <param name="metadata">What is known of the model.</param>
    /// <exception cref="ModelArtifactException">The metadata do not belong to the trees.</exception>
    public ModelArtifact With(ModelMetadata metadata) => new(metadata, Trees, _mlNetModel, Probe, Calibration, Covers);

    /// <summary>The calibrated probability of fraud of one row: what is served, and what the threshold applies to.</summary>
    /// <param name="features">One value per feature; NaN is missing.</param>
    /// <returns>0 to 1.</returns>
    /// <exception cref="ArgumentException">The row has another number of features.</exception>
    public double Predict(ReadOnlySpan<float> features) => Calibration.Apply(Trees.Predict(features));

    /// <summary>The calibrated probabilities of fraud of many rows.</summary>
    /// <param name="rows">The rows, one after the other; NaN is missing.</param>
    /// <param name="columns">Number of features of a row.</param>
    /// <param name="probabilities">Receives one probability a row.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other or the model.</exception>
    public void PredictBatch(ReadOnlySpan<float> rows, int columns, Span<double> probabilities)
    {
        Trees.PredictBatch(rows, columns, probabilities);
        foreach (ref var probability in probabilities)
        {
            probability = Calibration.Apply(probability);
        }
    }

    /// <summary>The artifact as one deterministic blob.</summary>
    public byte[] ToBytes() => ModelArtifactFormat.Write(this);
}
