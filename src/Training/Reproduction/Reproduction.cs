using System.Globalization;
using Levee.Models;

namespace Levee.Training;

/// <summary>Trains a model again from the rows that it was trained on, and compares.</summary>
public static class Reproduction
{
    /// <summary>Trains again and compares bit by bit: the trees, or the model file where ML.NET serves.</summary>
    /// <param name="artifact">The model; not an ensemble, whose members are trained again one by one.</param>
    /// <param name="data">The rows that its training was given, from the file that its metadata name.</param>
    /// <param name="progress">Receives a sentence at each step; null for none.</param>
    /// <param name="ct">Stops between steps.</param>
    /// <returns>The first difference in words; null when the models are identical.</returns>
    /// <exception cref="TrainingDataException">The rows are not those that the model was trained on.</exception>
    /// <exception cref="TrainingParameterException">The stored parameters are not known to this version of the code.</exception>
    public static string? FirstDifference(ModelArtifact artifact, DataSet data, IProgress<string>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(data);
        if (artifact.Kind == ModelKind.Ensemble)
        {
            throw new ArgumentException("An ensemble is not trained; its members are.", nameof(artifact));
        }

        var metadata = artifact.Metadata;
        if (data.FeatureHash != metadata.FeatureHash)
        {
            throw new TrainingDataException($"The data set has the feature list {data.FeatureHash}, the model {metadata.FeatureHash}.");
        }

        // The stored parameters are those that were chosen: the search that chose them need not be done again.
        var options = TrainingParameters.With(
            new TrainingOptions { Name = metadata.Name, DataQuery = metadata.Data.Query },
            metadata.Parameters.Where(p => p.Key is not (nameof(TrainingOptions.SearchTrials) or nameof(TrainingOptions.LocalTrials))));
        var split = TimeSplit.Of(data.Rows, options);
        var train = TimeSplit.Take(data.Rows, split.Train);
        var digest = RowDigest.Describe(metadata.Data.Query, train, TimeSplit.Take(data.Rows, split.Test)).Sha256;
        if (digest != metadata.Data.Sha256)
        {
            throw new TrainingDataException(
                $"The rows are not those that the model was trained and tested on: their SHA-256 is {digest} instead of {metadata.Data.Sha256}.");
        }

        progress?.Report($"training {ModelFit.NameOf(options.Algorithm)} on {train.Count:N0} transactions");
        var again = ModelFit.Of(train, metadata.FeatureNames.Count, options, ct);
        return (artifact.Trees, again.Trees) switch
        {
            ({ } expected, { } actual) => TreeDifference.First(expected, actual),
            (null, null) => FirstDifference(artifact, again),
            _ => "trees became something else",
        };
    }

    // The same file is the same model; of another one, the probe rows tell where it differs.
    private static string? FirstDifference(ModelArtifact artifact, IModelFit again)
    {
        if (artifact.MlNetModel.Span.SequenceEqual(again.Save()))
        {
            return null;
        }

        var probe = artifact.Probe;
        for (var i = 0; i < probe.Count; i++)
        {
            var now = (float)again.Classifier.Predict(probe.Rows.Slice(i * probe.Columns, probe.Columns));
            if (now != probe.Probabilities[i])
            {
                return string.Create(CultureInfo.InvariantCulture, $"probability of probe row {i}: {probe.Probabilities[i]:R} became {now:R}");
            }
        }

        return "the ML.NET model file, though all probe rows have the same probability";
    }

    /// <summary>Versions that are not those that the model was made with, in words: what may explain a difference.</summary>
    /// <param name="metadata">The model's metadata.</param>
    public static IReadOnlyList<string> OtherVersions(ModelMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return [.. ModelTrainer.Packages()
            .Append(new KeyValuePair<string, string>("Levee", ModelTrainer.CodeVersion))
            .Select(now => (now.Key, Now: now.Value, Then: now.Key == "Levee" ? metadata.CodeVersion : metadata.Packages.GetValueOrDefault(now.Key)))
            .Where(version => version.Then != version.Now)
            .Select(version => $"{version.Key} was {version.Then ?? "not used"} and is {version.Now}")];
    }
}
