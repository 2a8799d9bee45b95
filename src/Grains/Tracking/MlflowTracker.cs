using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Levee.Grains.Tracking;

/// <summary>
/// Writes finished runs and their versions to an MLflow server, when one is configured. It comes after the registry and never fails a training:
/// what goes wrong is logged and counted.
/// </summary>
public sealed partial class MlflowTracker(IOptions<MlflowOptions> options, TimeProvider time, ILogger<MlflowTracker> logger)
{
    // MLflow's own bounds of one log-batch request.
    private const int MostInBatch = 100;
    private const int LongestValue = 6_000;
    private const string ProxiedArtifacts = "mlflow-artifacts:";

    private static readonly Counter Failures = Metrics.CreateCounter(
        "levee_mlflow_failures_total", "Runs that could not be written to MLflow, or not completely.");

    private readonly MlflowOptions _options = options.Value;

    /// <summary>Writes a run.</summary>
    /// <returns>Whether all of it arrived; true when no server is configured.</returns>
    public async Task<bool> TrackAsync(TrackedRun run, CancellationToken cancellationToken)
    {
        if (_options.TrackingUri.Length == 0)
        {
            return true;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(_options.TotalSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var client = new MlflowClient(_options, time);
            await WriteAsync(client, run, either.Token);
            LogWritten(logger, run.RunId, run.Version, _options.TrackingUri);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Failures.Inc();
            LogFailed(logger, run.RunId, run.Version, _options.TrackingUri, exception);
            return false;
        }
    }

    private async Task WriteAsync(MlflowClient client, TrackedRun run, CancellationToken cancellationToken)
    {
        var experiment = await EnsureExperimentAsync(client, cancellationToken);
        var created = await client.PostAsync(
            "mlflow/runs/create",
            new JsonObject
            {
                ["experiment_id"] = experiment,
                ["run_name"] = run.Version,
                ["start_time"] = run.StartedAt.ToUnixTimeMilliseconds(),
                ["tags"] = Pairs(Tags(run)),
            },
            null,
            cancellationToken);
        var info = created!.Value.GetProperty("run").GetProperty("info");
        var id = info.GetProperty("run_id").GetString()!;
        var root = info.GetProperty("artifact_uri").GetString()!;
        await LogAsync(client, id, run, cancellationToken);
        await UploadAsync(client, root, run, cancellationToken);
        await client.PostAsync(
            "mlflow/runs/update",
            new JsonObject { ["run_id"] = id, ["status"] = "FINISHED", ["end_time"] = run.EndedAt.ToUnixTimeMilliseconds() },
            null,
            cancellationToken);
        await client.PostAsync(
            "mlflow/registered-models/create", new JsonObject { ["name"] = _options.RegisteredModel }, "RESOURCE_ALREADY_EXISTS", cancellationToken);
        await client.PostAsync(
            "mlflow/model-versions/create",
            new JsonObject { ["name"] = _options.RegisteredModel, ["source"] = root, ["run_id"] = id, ["tags"] = Pairs(Tags(run)) },
            null,
            cancellationToken);
    }

    private async Task<string> EnsureExperimentAsync(MlflowClient client, CancellationToken cancellationToken)
    {
        var found = await client.GetAsync(
            $"mlflow/experiments/get-by-name?experiment_name={Uri.EscapeDataString(_options.Experiment)}", cancellationToken);
        if (found is { } known)
        {
            return known.GetProperty("experiment").GetProperty("experiment_id").GetString()!;
        }

        var made = await client.PostAsync(
            "mlflow/experiments/create", new JsonObject { ["name"] = _options.Experiment }, null, cancellationToken);
        return made!.Value.GetProperty("experiment_id").GetString()!;
    }

    private static async Task LogAsync(MlflowClient client, string id, TrackedRun run, CancellationToken cancellationToken)
    {
        foreach (var chunk in run.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Chunk(MostInBatch))
        {
            var body = new JsonObject { ["run_id"] = id, ["params"] = Pairs(chunk.Select(p => (p.Key, p.Value))) };
            await client.PostAsync("mlflow/runs/log-batch", body, null, cancellationToken);
        }

        var at = run.EndedAt.ToUnixTimeMilliseconds();
        foreach (var chunk in run.Metrics.Where(m => double.IsFinite(m.Value)).OrderBy(m => m.Key, StringComparer.Ordinal).Chunk(MostInBatch))
        {
            var metrics = new JsonArray([.. chunk.Select(JsonNode (m) => new JsonObject
            {
                ["key"] = m.Key, ["value"] = m.Value, ["timestamp"] = at, ["step"] = 0,
            })]);
            await client.PostAsync("mlflow/runs/log-batch", new JsonObject { ["run_id"] = id, ["metrics"] = metrics }, null, cancellationToken);
        }
    }

    // Only artifacts behind the server's own proxy can be written over REST; others need the store's own client and keys.
    private async Task UploadAsync(MlflowClient client, string root, TrackedRun run, CancellationToken cancellationToken)
    {
        if (!root.StartsWith(ProxiedArtifacts, StringComparison.Ordinal))
        {
            LogNoArtifacts(logger, run.RunId, root);
            return;
        }

        var path = new Uri(root).AbsolutePath.Trim('/');
        foreach (var file in run.Files)
        {
            await client.PutAsync($"mlflow-artifacts/artifacts/{path}/{Uri.EscapeDataString(file.Name)}", file.Content, cancellationToken);
        }
    }

    private static IEnumerable<(string, string)> Tags(TrackedRun run) =>
    [
        ("levee.run_id", run.RunId.ToString()),
        ("levee.version", run.Version),
        ("levee.stage", run.Stage.ToString()),
        ("levee.kind", run.Kind),
        ("mlflow.user", run.Who),
    ];

    private static JsonArray Pairs(IEnumerable<(string Key, string Value)> pairs) => new([.. pairs.Select(JsonNode (pair) => new JsonObject
    {
        ["key"] = pair.Key,
        ["value"] = pair.Value.Length <= LongestValue ? pair.Value : pair.Value[..LongestValue],
    })]);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} ({Version}) was written to MLflow at {Uri}")]
    private static partial void LogWritten(ILogger logger, Guid run, string version, string uri);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} ({Version}) could not be written to MLflow at {Uri}; it is complete in Levee's own registry")]
    private static partial void LogFailed(ILogger logger, Guid run, string version, string uri, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The files of run {Run} were not sent to MLflow: its artifacts lie at {Root}, which is not behind the server")]
    private static partial void LogNoArtifacts(ILogger logger, Guid run, string root);
}
