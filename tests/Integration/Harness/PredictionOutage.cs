using System.Collections.Concurrent;
using System.Diagnostics;
using Dapper;
using Levee.Embedded;

namespace Levee.Integration.Harness;

/// <summary>PostgreSQL goes away under load, and then the silo that answers is killed too: what was answered is in the log, once.</summary>
internal static class PredictionOutage
{
    private const int Least = 500;
    private const int Most = 1_500;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Flush = TimeSpan.FromMilliseconds(500);

    /// <summary>For silos that share a folder.</summary>
    public static (string Key, string Value)[] Settings(string folder) =>
    [
        ("Levee:PredictionLog:Folder", folder),
        ("Levee:PredictionLog:FlushMilliseconds", $"{Flush.TotalMilliseconds}"),
    ];

    /// <summary>
    /// Fails no request, and loses nothing that was answered a flush interval before the kill; the one that lives takes over what the
    /// killed one left.
    /// </summary>
    public static async Task AssertLosesNothingAsync(EmbeddedPostgres postgres, StreamRun run, SiloUnderTest killed, SiloUnderTest heir)
    {
        await postgres.KillAsync();
        var (answered, killedAt) = await PredictUntilKilledAsync(killed);
        await postgres.RestartAsync();

        var safe = answered.Where(answer => Stopwatch.GetElapsedTime(answer.At, killedAt) > Flush).Select(answer => answer.Id).ToHashSet();
        Assert.InRange(safe.Count, Least / 2, answered.Count);

        // The key of the table forbids that one is there twice.
        await using var connection = await run.OpenAsync();
        await Until.HoldsAsync(
            async () => (await connection.QueryAsync<Guid>("SELECT prediction_id FROM predictions WHERE served")).ToHashSet(),
            logged => safe.IsSubsetOf(logged),
            TimeSpan.FromSeconds(30),
            "Every prediction that was answered before the last flush is logged",
            () => heir.Process.Output);
    }

    // Each request is sent before the kill, and each must be answered well.
    private static async Task<(ConcurrentBag<(Guid Id, long At)> Answered, long KilledAt)> PredictUntilKilledAsync(SiloUnderTest silo)
    {
        var answered = new ConcurrentBag<(Guid, long)>();
        var sent = new List<Task>();
        var started = Stopwatch.GetTimestamp();
        using var ticks = new PeriodicTimer(Every);
        while (answered.Count < Least || Stopwatch.GetElapsedTime(started) < 4 * Flush)
        {
            Assert.True(sent.Count < Most, $"{answered.Count} of {sent.Count} answered.\n{silo.Process.Output}");
            sent.Add(PredictAsync(1 + (sent.Count % 50)));
            await ticks.WaitForNextTickAsync();
        }

        await Task.WhenAll(sent);
        var killedAt = Stopwatch.GetTimestamp();
        await silo.Process.KillAsync();
        return (answered, killedAt);

        async Task PredictAsync(int customer)
        {
            var answer = await silo.PostJsonAsync("/predict", new { customer_id = customer, merchant_id = 7, amount = 12.5 });
            answered.Add((answer.GetProperty("prediction_id").GetGuid(), Stopwatch.GetTimestamp()));
        }
    }
}
