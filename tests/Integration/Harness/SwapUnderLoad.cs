using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Levee.Models;

namespace Levee.Integration.Harness;

/// <summary>
/// Versions of three kinds swapped back and forth while both silos answer as fast as they can: no request fails, an answer and a batch
/// are one version's, and what is sent after a swap was answered is answered by the new version.
/// </summary>
internal static class SwapUnderLoad
{
    private const int Callers = 4;
    private const int BatchRows = 20;
    private const int SeenOfEach = 20;

    // The soak script asks for more.
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("LEVEE_SWAP_ROUNDS"), CultureInfo.InvariantCulture, out var asked) ? asked : 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task AssertInvisibleAsync(StreamRun run, params SiloUnderTest[] silos)
    {
        var versions = new StagedVersions(run.ConnectionString);
        await versions.RegisterLogisticAsync("v2");
        await PreparedAsync("v2", silos);
        using var stop = new CancellationTokenSource();
        var answers = new ConcurrentQueue<Answered>();
        Task[] callers = [.. silos.SelectMany(silo => Enumerable.Range(0, Callers).Select(caller => Task.Run(
            () => CallAsync(silo, caller, answers, stop.Token))))];

        for (var round = 0; round < Rounds; round++)
        {
            await SwapAsync("/models/v2/promote", "v2");
            await SwapAsync("/models/v2/rollback", "v1");
        }

        await versions.RegisterEnsembleAsync("v3", AveragingSpace.Probability, ("v1", 0.7), ("v2", 0.3));
        await PreparedAsync("v3", silos);
        await SwapAsync("/models/v3/promote", "v3");
        await AssertSaysWhyNoReasonsAsync(silos[0]);
        await SwapAsync("/models/v3/rollback", "v1");
        await stop.CancelAsync();
        await Task.WhenAll(callers);

        async Task SwapAsync(string path, string expected)
        {
            var changed = await silos[0].PostJsonAsync(path, new { reason = "swap under load" });
            Assert.Equal(expected, changed.GetProperty("version").GetString());
            var swapped = Stopwatch.GetTimestamp();
            answers.Clear();
            await Until.HoldsAsync(
                () => Task.FromResult(silos.Min(silo => answers.Count(answer => answer.Silo == silo && answer.SentAt >= swapped))),
                seen => seen >= SeenOfEach || callers.Any(caller => caller.IsCompleted),
                Patience,
                $"Both silos answer after {path}",
                () => string.Concat(silos.Select(silo => silo.Process.Output)));
            if (callers.FirstOrDefault(caller => caller.IsCompleted) is { } failed)
            {
                await failed;
            }

            Assert.All(answers.Where(answer => answer.SentAt >= swapped), answer => Assert.Equal(expected, answer.Version));
        }
    }

    // Singles and batches in turn. A row's version is the batch's.
    private static async Task CallAsync(SiloUnderTest silo, int caller, ConcurrentQueue<Answered> answers, CancellationToken stop)
    {
        var random = new Random(caller);
        for (var call = caller; !stop.IsCancellationRequested; call++)
        {
            var sentAt = Stopwatch.GetTimestamp();
            if (call % 4 > 0)
            {
                var answer = await silo.PostJsonAsync("/predict", Transaction(random));
                answers.Enqueue(new Answered(silo, sentAt, answer.GetProperty("model_version").GetString()!));
                continue;
            }

            var batch = await silo.PostJsonAsync("/predict/batch", Enumerable.Range(0, BatchRows).Select(_ => Transaction(random)));
            Assert.Equal(BatchRows, batch.GetArrayLength());
            Assert.All(batch.EnumerateArray(), row => Assert.False(row.TryGetProperty("error", out var error), $"{error}\n{silo.Process.Output}"));
            var versions = batch.EnumerateArray().Select(row => row.GetProperty("model_version").GetString()!).Distinct();
            answers.Enqueue(new Answered(silo, sentAt, Assert.Single(versions)));
        }
    }

    private static object Transaction(Random random) =>
        new { customer_id = random.Next(1, 300), merchant_id = random.Next(1, 80), amount = random.Next(1, 500) };

    private static Task PreparedAsync(string version, SiloUnderTest[] silos) => Until.HoldsAsync(
        () => Task.FromResult(silos.All(silo => silo.Process.Output.Contains($"Model {version} is loaded ahead", StringComparison.Ordinal))),
        ready => ready,
        Patience,
        $"Both silos have {version} loaded",
        () => string.Concat(silos.Select(silo => silo.Process.Output)));

    private static async Task AssertSaysWhyNoReasonsAsync(SiloUnderTest silo)
    {
        using var response = await silo.Http.PostAsJsonAsync("/predict?explain=true", new { customer_id = 1, merchant_id = 1, amount = 5 });
        var answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("reasons").ValueKind);
        Assert.Contains("averages probabilities", answer.GetProperty("reasons_missing").GetString(), StringComparison.Ordinal);
    }

    private sealed record Answered(SiloUnderTest Silo, long SentAt, string Version);
}
