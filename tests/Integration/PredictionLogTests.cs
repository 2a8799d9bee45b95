using System.Collections.Concurrent;
using System.Diagnostics;
using Dapper;
using Levee.Embedded;
using Levee.Integration.Harness;

namespace Levee.Integration;

/// <summary>PostgreSQL goes away under load, and then the silo is killed too: what was answered is in the log, once.</summary>
[Collection(FaultsCollection.Name)]
public sealed class PredictionLogTests : IDisposable
{
    private const int Requests = 600;
    private const int KilledAfter = 500;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Flush = TimeSpan.FromMilliseconds(500);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("levee-prediction-log-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_outage_of_PostgreSQL_fails_no_request_and_a_kill_within_it_loses_one_flush_interval_at_most()
    {
        await using var postgres = await TestPostgres.StartTemporaryAsync(durable: true);
        using var run = new StreamRun(postgres.ConnectionString, Broker.Start());
        (string, string)[] settings =
        [
            .. SmallHistory.EndingDaysAgo(0),
            ("Levee:PredictionLog:Folder", _folder.FullName),
            ("Levee:PredictionLog:FlushMilliseconds", $"{Flush.TotalMilliseconds}"),
        ];
        ConcurrentBag<(Guid Id, long At)> answered;
        long killedAt;
        await using (var silo = run.StartSilo(settings))
        {
            await silo.WaitAsync();
            await silo.PostJsonAsync("/predict", new { customer_id = 1, merchant_id = 1, amount = 5 });
            await postgres.KillAsync();
            (answered, killedAt) = await PredictUntilKilledAsync(silo);
        }

        Assert.InRange(answered.Count, KilledAfter, Requests);
        await postgres.RestartAsync();
        await using var heir = run.StartSilo(settings);
        await heir.WaitAsync();
        var safe = answered.Where(answer => Stopwatch.GetElapsedTime(answer.At, killedAt) > Flush).Select(answer => answer.Id).ToHashSet();
        Assert.InRange(safe.Count, KilledAfter / 2, answered.Count);
        await using var connection = await run.OpenAsync();
        var logged = await Until.HoldsAsync(
            async () => (await connection.QueryAsync<Guid>("SELECT prediction_id FROM predictions")).ToHashSet(),
            logged => safe.IsSubsetOf(logged),
            TimeSpan.FromSeconds(30),
            "Every prediction that was answered before the last flush is logged",
            () => heir.Process.Output);

        // The key forbids that one is there twice; nor is there one that nobody made.
        Assert.True(logged.Count <= Requests + 1);
        Assert.Empty(Directory.GetFiles(_folder.FullName, "*.corrupt", SearchOption.AllDirectories));
    }

    // Every request that was sent before the kill must be answered well.
    private static async Task<(ConcurrentBag<(Guid Id, long At)> Answered, long KilledAt)> PredictUntilKilledAsync(SiloUnderTest silo)
    {
        var answered = new ConcurrentBag<(Guid, long)>();
        var sent = new List<Task>();
        using var ticks = new PeriodicTimer(Every);
        while (answered.Count < KilledAfter)
        {
            Assert.True(sent.Count < Requests, $"{answered.Count} of {sent.Count} answered.");
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
