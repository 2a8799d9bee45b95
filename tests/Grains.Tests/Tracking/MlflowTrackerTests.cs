using System.Text.Json;
using Levee.Grains.Tracking;
using Levee.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Tests.Tracking;

public sealed class MlflowTrackerTests
{
    private static readonly TrackedRun Run = new()
    {
        RunId = new Guid("01990000-0000-7000-8000-000000000001"),
        Kind = "train",
        Who = "anna",
        Version = "v3",
        Stage = ModelStage.Staging,
        StartedAt = DateTimeOffset.UnixEpoch.AddSeconds(100),
        EndedAt = DateTimeOffset.UnixEpoch.AddSeconds(160),
        Parameters = Enumerable.Range(0, 130).ToDictionary(i => $"p{i:000}", i => i == 7 ? new string('x', 10_000) : $"{i}"),
        Metrics = new Dictionary<string, double> { ["auc"] = 0.9, ["recall"] = double.NaN },
        Files = [new RunArtifact("report.html", [1, 2, 3]), new RunArtifact("model.zip", [4])],
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_is_written_whole(bool isKnown)
    {
        using var server = new FakeMlflow { IsKnown = isKnown };

        Assert.True(await Tracker(server.Url, token: "secret").TrackAsync(Run, CancellationToken.None));

        string[] experiment = isKnown ? [] : ["POST /api/2.0/mlflow/experiments/create"];
        Assert.Equal(
            [
                "GET /api/2.0/mlflow/experiments/get-by-name", .. experiment, "POST /api/2.0/mlflow/runs/create",
                "POST /api/2.0/mlflow/runs/log-batch", "POST /api/2.0/mlflow/runs/log-batch", "POST /api/2.0/mlflow/runs/log-batch",
                "POST /api/2.0/mlflow/runs/update", "POST /api/2.0/mlflow/registered-models/create", "POST /api/2.0/mlflow/model-versions/create",
            ],
            server.Requests.Select(request => request.Line));
        Assert.Equal(
            ["7/run-1/artifacts/model.zip", "7/run-1/artifacts/report.html"], server.Artifacts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([1, 2, 3], server.Artifacts["7/run-1/artifacts/report.html"]);
        Assert.All(server.Authorizations, header => Assert.Equal("Bearer secret", header));

        var created = Body(server, "runs/create");
        Assert.Equal(("v3", 100_000L), (created.GetProperty("run_name").GetString(), created.GetProperty("start_time").GetInt64()));
        Assert.Contains(created.GetProperty("tags").EnumerateArray(), tag => (Key(tag), Value(tag)) == ("levee.stage", "Staging"));
        var batches = server.Requests.Where(request => request.Line.EndsWith("log-batch", StringComparison.Ordinal)).Select(request => request.Body).ToList();
        var parameters = batches.Where(body => body.TryGetProperty("params", out _)).SelectMany(body => body.GetProperty("params").EnumerateArray()).ToList();
        Assert.Equal(130, parameters.Count);
        Assert.All(batches, body => Assert.True(!body.TryGetProperty("params", out var some) || some.GetArrayLength() <= 100));
        Assert.Equal(6_000, Value(parameters.Single(p => Key(p) == "p007"))!.Length);
        var metric = Assert.Single(batches[^1].GetProperty("metrics").EnumerateArray());
        Assert.Equal(("auc", 0.9, 160_000L), (Key(metric), metric.GetProperty("value").GetDouble(), metric.GetProperty("timestamp").GetInt64()));
        var version = Body(server, "model-versions/create");
        Assert.Equal(("fraud-detector", server.ArtifactRoot), (version.GetProperty("name").GetString(), version.GetProperty("source").GetString()));
        Assert.Equal("FINISHED", Body(server, "runs/update").GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_passes_is_tried_again()
    {
        using var server = new FakeMlflow { Failures = 2 };

        Assert.True(await Tracker(server.Url).TrackAsync(Run, CancellationToken.None));
        Assert.Equal(2, server.Artifacts.Count);
    }

    [Fact]
    public async Task What_does_not_pass_is_given_up_and_fails_nothing()
    {
        using var server = new FakeMlflow { Failures = 1_000 };

        Assert.False(await Tracker(server.Url).TrackAsync(Run, CancellationToken.None));
        Assert.False(await Tracker("http://127.0.0.1:1").TrackAsync(Run, CancellationToken.None));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_refusal_is_not_tried_again()
    {
        using var server = new FakeMlflow();
        var refused = new MlflowOptions { TrackingUri = server.Url, Experiment = "somebody else's", Attempts = 5 };

        Assert.False(await new MlflowTracker(Options.Create(refused), TimeProvider.System, NullLogger<MlflowTracker>.Instance).TrackAsync(Run, CancellationToken.None));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Artifacts_elsewhere_are_left_and_the_rest_is_written()
    {
        using var server = new FakeMlflow("s3://bucket/7/run-1");

        Assert.True(await Tracker(server.Url).TrackAsync(Run, CancellationToken.None));
        Assert.Empty(server.Artifacts);
        Assert.Contains(server.Requests, request => request.Line.EndsWith("model-versions/create", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_address_nothing_is_sent() => Assert.True(await Tracker("").TrackAsync(Run, CancellationToken.None));

    [Theory]
    [InlineData("mlflow:5000")]
    [InlineData("ftp://mlflow")]
    public void A_wrong_address_is_refused_by_name(string uri)
    {
        var result = new MlflowOptionsValidator().Validate(null, new MlflowOptions { TrackingUri = uri });

        Assert.True(result.Failed);
        Assert.Contains("Levee:MLflow:TrackingUri", result.FailureMessage, StringComparison.Ordinal);
    }

    private static MlflowTracker Tracker(string url, string token = "") => new(
        Options.Create(new MlflowOptions { TrackingUri = url, Token = token, Attempts = 3, TimeoutSeconds = 5, TotalSeconds = 20 }),
        TimeProvider.System,
        NullLogger<MlflowTracker>.Instance);

    private static JsonElement Body(FakeMlflow server, string path) =>
        server.Requests.Single(request => request.Line.EndsWith(path, StringComparison.Ordinal)).Body;

    private static string? Key(JsonElement pair) => pair.GetProperty("key").GetString();

    private static string? Value(JsonElement pair) => pair.GetProperty("value").GetString();
}
