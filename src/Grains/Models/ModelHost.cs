using System.Collections.Immutable;
using Levee.Features;
using Levee.Models;
using Levee.Storage;
using Microsoft.Extensions.Logging;

namespace Levee.Grains.Models;

/// <summary>
/// The silo's models. A scorer reads <see cref="Current"/> once and uses that object for its whole request, so a swap is one reference
/// write: no lock, no failed request, no request with two versions. The last three versions stay loaded, so that going back is as fast.
/// </summary>
internal sealed partial class ModelHost(ModelRegistry registry, FeatureList features, ILogger<ModelHost> logger)
{
    private const int KeptVersions = 3;

    private volatile ImmutableList<ServingModel> _loaded = [];
    private volatile ServingModel? _current;
    private string? _refused;

    /// <summary>The version in service, or null before the first is loaded.</summary>
    public ServingModel? Current => _current;

    /// <summary>A loaded version, or null when it is not among the last ones.</summary>
    /// <param name="version">Such as "v1".</param>
    public ServingModel? Find(string version) => _loaded.Find(loaded => loaded.Version == version);

    /// <summary>
    /// Serves the version that the registry says is in production. Called by one loop only.
    /// </summary>
    /// <returns>Whether the served version changed.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        var version = await registry.GetProductionVersionAsync(cancellationToken);
        if (version is null || version == _current?.Version || version == _refused)
        {
            return false;
        }

        var model = _loaded.Find(loaded => loaded.Version == version) ?? await LoadAsync(version, cancellationToken);
        if (model is null)
        {
            return false;
        }

        _refused = null;
        _loaded = [model, .. _loaded.Where(loaded => loaded.Version != version).Take(KeptVersions - 1)];
        var previous = _current?.Version;
        _current = model;
        ModelMetrics.Serving(previous, version);
        LogServing(logger, version, previous ?? "none");
        return true;
    }

    private async Task<ServingModel?> LoadAsync(string version, CancellationToken cancellationToken)
    {
        var bytes = await registry.LoadArtifactAsync(version, cancellationToken);
        try
        {
            return new ServingModel(version, ModelArtifact.FromBytes(bytes, features.Hash), features);
        }
        catch (ModelArtifactException exception)
        {
            // Keep serving what is loaded: a model that was trained on other features must not answer. Its bytes never change, so once will do.
            _refused = version;
            LogRefused(logger, version, exception);
            ModelMetrics.Refused.Inc();
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving model {Version} (before: {Previous})")]
    private static partial void LogServing(ILogger logger, string version, string previous);

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {Version} was refused; the version before it goes on serving")]
    private static partial void LogRefused(ILogger logger, string version, Exception exception);
}
