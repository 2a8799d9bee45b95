using System.Security.Cryptography;

namespace Levee.Models;

/// <summary>
/// A trained model as one blob: its metadata, what serves (the trees, else ML.NET's model or the members of an ensemble), the ML.NET model, the
/// probe rows that show that what serves gives ML.NET's probabilities, the calibration that is applied after it, and where the training rows
/// went in the trees. The same content always gives the same bytes.
/// </summary>
public sealed class ModelArtifact
{
    private readonly byte[] _mlNetModel;

    /// <summary>Puts an artifact of trees together and verifies it.</summary>
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
        : this(metadata, ModelKind.Trees, trees, mlNetModel.ToArray(), probe, calibration, covers, null)
    {
    }

    private ModelArtifact(
        ModelMetadata metadata,
        ModelKind kind,
        IBinaryClassifier classifier,
        byte[] mlNetModel,
        ProbeSet probe,
        ProbabilityCalibration? calibration,
        TreeCovers? covers,
        ModelEnsemble? ensemble)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(probe);
        if (metadata.FeatureNames.Count != classifier.FeatureCount)
        {
            throw new ModelArtifactException(
                $"The metadata name {metadata.FeatureNames.Count} features, the model expects {classifier.FeatureCount}.");
        }

        if (metadata.Threshold is not (>= 0 and <= 1))
        {
            throw new ModelArtifactException($"The decision threshold is {metadata.Threshold}; it must be between 0 and 1.");
        }

        Trees = classifier as TreeEnsemble;
        if (covers is not null && (Trees is null || !covers.Fits(Trees)))
        {
            throw new ModelArtifactException("The leaf counts are of other trees.");
        }

        probe.Verify(classifier);
        Kind = kind;
        Metadata = metadata;
        Classifier = classifier;
        Ensemble = ensemble;
        Probe = probe;
        Calibration = calibration ?? ProbabilityCalibration.None;
        Covers = covers;
        _mlNetModel = mlNetModel;
        TreesSha256 = Trees is null ? null : Convert.ToHexStringLower(SHA256.HashData(Trees.Serialize()));
    }

    /// <summary>What serves.</summary>
    public ModelKind Kind { get; }

    /// <summary>What is known of the model.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>Gives the probabilities before calibration.</summary>
    public IBinaryClassifier Classifier { get; }

    /// <summary>The trees that serve, those of all members of an ensemble of margins; null when something else does.</summary>
    public TreeEnsemble? Trees { get; }

    /// <summary>The members; null when this is no ensemble.</summary>
    public ModelEnsemble? Ensemble { get; }

    /// <summary>The ML.NET model file (a zip); empty for an ensemble, whose members have theirs.</summary>
    public ReadOnlyMemory<byte> MlNetModel => _mlNetModel;

    /// <summary>Rows with the probabilities of the ML.NET model.</summary>
    public ProbeSet Probe { get; }

    /// <summary>Applied to the classifier's probabilities.</summary>
    public ProbabilityCalibration Calibration { get; }

    /// <summary>Where the training rows went, for explanations; null for what is not made of trees and in artifacts of the first format.</summary>
    public TreeCovers? Covers { get; }

    /// <summary>
    /// SHA-256 of the serialised trees, lower-case hex: equal for equal models, whenever and wherever they were trained; null without trees.
    /// </summary>
    public string? TreesSha256 { get; }

    /// <summary>Puts an artifact together that ML.NET's own model serves, and verifies it.</summary>
    /// <param name="metadata">What is known of the model.</param>
    /// <param name="classifier">The classifier made of the ML.NET model.</param>
    /// <param name="mlNetModel">The ML.NET model file (a zip).</param>
    /// <param name="probe">Rows with the probabilities that the ML.NET model gives, before calibration.</param>
    /// <param name="calibration">Applied to the classifier's probabilities; null for none.</param>
    /// <exception cref="ModelArtifactException">The parts do not belong together.</exception>
    public static ModelArtifact OfMlNet(
        ModelMetadata metadata,
        IBinaryClassifier classifier,
        ReadOnlySpan<byte> mlNetModel,
        ProbeSet probe,
        ProbabilityCalibration? calibration = null) =>
        new(metadata, ModelKind.MlNet, classifier, mlNetModel.ToArray(), probe, calibration, null, null);

    /// <summary>Puts an artifact together that is the weighted mean of others, and verifies it.</summary>
    /// <param name="metadata">What is known of the model.</param>
    /// <param name="ensemble">The members.</param>
    /// <param name="probe">Rows with the means that the members' ML.NET models give, before the ensemble's own calibration.</param>
    /// <param name="calibration">Applied to the mean; null for none.</param>
    /// <exception cref="ModelArtifactException">The parts do not belong together.</exception>
    public static ModelArtifact OfEnsemble(
        ModelMetadata metadata, ModelEnsemble ensemble, ProbeSet probe, ProbabilityCalibration? calibration = null)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(ensemble);
        if (metadata.FeatureHash != ensemble.Members[0].Artifact.Metadata.FeatureHash)
        {
            throw new ModelArtifactException("The ensemble names another feature list than its members.");
        }

        return new ModelArtifact(metadata, ModelKind.Ensemble, ensemble.Classifier, [], probe, calibration, ensemble.Covers, ensemble);
    }

    /// <summary>
    /// Reads an artifact and makes sure that it may serve: it is undamaged, it was trained on the expected feature list, and what serves gives
    /// the probabilities of its ML.NET model.
    /// </summary>
    /// <param name="data">The blob.</param>
    /// <param name="expectedFeatureHash">Hash of the feature list in use.</param>
    /// <param name="loader">Makes classifiers of ML.NET models; without it, only models of trees can be read.</param>
    /// <exception cref="ModelArtifactException">The artifact must not be served; the message says why.</exception>
    public static ModelArtifact FromBytes(ReadOnlyMemory<byte> data, string expectedFeatureHash, ClassifierLoader? loader = null) =>
        ModelArtifactFormat.Read(data, expectedFeatureHash, loader);

    /// <summary>The same model with other metadata.</summary>
    /// <param name="metadata">What is known of the model.</param>
    /// <exception cref="ModelArtifactException">The metadata do not belong to the model.</exception>
    public ModelArtifact With(ModelMetadata metadata) =>
        new(metadata, Kind, Classifier, _mlNetModel, Probe, Calibration, Covers, Ensemble);

    /// <summary>The calibrated probability of fraud of one row: what is served, and what the threshold applies to.</summary>
    /// <param name="features">One value per feature; NaN is missing.</param>
    /// <returns>0 to 1.</returns>
    /// <exception cref="ArgumentException">The row has another number of features.</exception>
    public double Predict(ReadOnlySpan<float> features) => Calibration.Apply(Classifier.Predict(features));

    /// <summary>The calibrated probabilities of many rows.</summary>
    /// <param name="rows">The rows, one after the other.</param>
    /// <param name="columns">Number of features of a row.</param>
    /// <param name="probabilities">Receives one probability per row, 0 to 1.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other or the model.</exception>
    public void PredictBatch(ReadOnlySpan<float> rows, int columns, Span<double> probabilities)
    {
        Classifier.PredictBatch(rows, columns, probabilities);
        Calibration.Apply(probabilities);
    }

    /// <summary>The artifact as one deterministic blob.</summary>
    public byte[] ToBytes() => ModelArtifactFormat.Write(this);
}
