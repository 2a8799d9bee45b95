using System.Collections.Immutable;
using Levee.Features;
using Levee.Models;
using Levee.Storage;
using Microsoft.Extensions.Logging;

namespace Levee.Grains.Models;

/// <summary>
/// The silo's models. A scorer reads <see cref="Current"/> once and uses that object for its whole request, so a swap is one reference
/// write: no lock, no failed request, no request with two versions. The last three versions stay loaded, so that going back is as fast, and the
/// newest one in Staging is loaded ahead, so that its promotion is.
/// </summary>
internal sealed partial class ModelHost(ModelRegistry registry, FeatureList features, TimeProvider time, ILogger<ModelHost> logger)
{
    private const int KeptVersions = 3;

    // Silos swap within a second of each other.
    private static readonly TimeSpan SwapLimit = TimeSpan.FromSeconds(2);

    private volatile ImmutableList<ServingModel> _loaded = [];
    private volatile ServingModel? _current;
    private volatile ServingModel? _prepared;
    private volatile Loading? _preparing;
    private volatile TaskCompletionSource _swapped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _refused;
    private string? _refusedStaged;

    /// <summary>The version in service, or null before the first is loaded.</summary>
    public ServingModel? Current => _current;

    /// <summary>A loaded version, or null when it is not among the last ones.</summary>
    /// <param name="version">Such as "v1".</param>
    public ServingModel? Find(string version) =>
        _loaded.Find(loaded => loaded.Version == version) ?? (_prepared is { } prepared && prepared.Version == version ? prepared : null);

    /// <summary>
    /// A version that another silo serves already, and this one in a moment: a batch that began there may reach a customer here. Null when it
    /// does not come.
    /// </summary>
    /// <param name="version">Such as "v1".</param>
    public async Task<ServingModel?> WaitForAsync(string version)
    {
        using var limit = new CancellationTokenSource(SwapLimit, time);
        while (true)
        {
            var swapped = _swapped.Task;
            if (Find(version) is { } model)
            {
                return model;
            }

            try
            {
                await swapped.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    /// <summary>
    /// Serves the version in production. Called by one loop only.
    /// </summary>
    /// <param name="version">As the registry says, such as "v1"; null when it has none.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Whether the served version changed.</returns>
    public async Task<bool> RefreshAsync(string? version, CancellationToken cancellationToken)
    {
        if (version is null || version == _current?.Version || version == _refused)
        {
            return false;
        }

        var preparing = _preparing;
        var model = Find(version)
            ?? await (preparing?.Version == version ? preparing.Model.WaitAsync(cancellationToken) : LoadAsync(version, cancellationToken));
        if (model is null)
        {
            _refused = version;
            return false;
        }

        _refused = null;
        _loaded = [model, .. _loaded.Where(loaded => loaded.Version != version).Take(KeptVersions - 1)];
        var previous = _current?.Version;
        _current = model;
        var swapped = _swapped;
        _swapped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        swapped.SetResult();
        ModelMetrics.Serving(previous, version);
        LogServing(logger, version, previous ?? "none");
        return true;
    }

    /// <summary>
    /// Loads the newest version in Staging ahead, beside what <see cref="RefreshAsync"/> does. Called again when it has ended, and only after
    /// the version that was in production at the same moment is served: what was promoted must not be dropped before.
    /// </summary>
    /// <param name="version">As the registry says, such as "v2"; null when it has none.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task PrepareAsync(string? version, CancellationToken cancellationToken)
    {
        if (version is null)
        {
            _prepared = null;
        }
        else if (version != _refusedStaged && Find(version) is null)
        {
            try
            {
                var loading = LoadAsync(version, cancellationToken);
                _preparing = new Loading(version, loading);
                _prepared = await loading;
            }
            finally
            {
                _preparing = null;
            }

            if (_prepared is null)
            {
                _refusedStaged = version;
            }
            else
            {
                LogPrepared(logger, version);
            }
        }
    }

    private async Task<ServingModel?> LoadAsync(string version, CancellationToken cancellationToken)
    {
        var bytes = await registry.LoadArtifactAsync(version, cancellationToken);
        try
        {
            return ServingModel.Load(version, bytes, features);
        }
        catch (ModelArtifactException exception)
        {
            // Keep serving what is loaded: a model that was trained on other features must not answer. Its bytes never change, so once will do.
            LogRefused(logger, version, exception);
            ModelMetrics.Refused.Inc();
            return null;
        }
    }

    private sealed record Loading(string Version, Task<ServingModel?> Model);

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving model {Version} (before: {Previous})")]
    private static partial void LogServing(ILogger logger, string version, string previous);

    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Version} is loaded ahead and ready to be promoted")]
    private static partial void LogPrepared(ILogger logger, string version);

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {Version} was refused; the version before it goes on serving")]
    private static partial void LogRefused(ILogger logger, string version, Exception exception);
}
