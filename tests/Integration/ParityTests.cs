using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Dapper;
using Levee.Integration.Harness;
using Levee.Simulation;

namespace Levee.Integration;

/// <summary>
/// A month of history and a month of traffic on two silos, one of which is killed and replaced while clients ask and labels come: every
/// vector that was logged can be computed again from the stored rows, and a cent is enough for one that cannot.
/// </summary>
[Collection(SystemCollection.Name)]
public sealed partial class ParityTests(SystemFixture system)
{
    private const int StreamedDays = 15;
    private const int PerSecond = 900;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private static readonly (string, string) ShortSession = ("Levee:Kafka:SessionTimeoutSeconds", "4");

    [Fact]
    public async Task After_kill_rebalance_and_replay_every_logged_vector_can_be_computed_again()
    {
        using var run = await system.NewRunAsync();
        (string, string)[] settings = [.. SmallHistory.EndingDaysAgo(StreamedDays), ShortSession];
        await using var first = run.StartSilo(settings);
        await first.WaitAsync();
        await using var connection = await run.OpenAsync();
        var trafficFrom = await connection.ExecuteScalarAsync<DateTime>("SELECT clock_timestamp()");
        SimulatorCounts counts;
        await using (var second = run.StartSilo(settings))
        {
            await second.WaitAsync();
            using var ended = new CancellationTokenSource();
            var streaming = StreamAsync(run, SmallHistory.Seed, StreamedDays - 1);
            var asking = AskAsync(first, ended.Token);
            await RowsAsync(connection, 2_000, first);
            await second.Process.KillAsync();
            await using var third = run.StartSilo(settings);
            await third.WaitAsync();
            counts = await streaming;
            await RowsAsync(connection, counts.Transactions, first);
            await LabelsAsync(connection, first);
            await ended.CancelAsync();
            await asking;
        }

        var since = trafficFrom.ToString("O", CultureInfo.InvariantCulture);
        var (arrived, served) = await CheckAsync(run, connection, since, first);
        Assert.InRange(arrived, counts.Transactions * 9 / 10, long.MaxValue);
        Assert.True(served > 20, $"{served} predictions were served while traffic flowed.");

        await LeveeAsync(first, 0, "replay", "--offset", "0", "--url", first.Http.BaseAddress!.ToString());
        Assert.Equal((arrived, served), await CheckAsync(run, connection, since, first));
        await LeveeAsync(first, 0, "parity", "--rows", "300", "--postgres", run.ConnectionString);

        // History for the same customers and merchants, while their grains have older states in memory; then traffic goes on.
        await ImportAsync(run, first);
        counts = await StreamAsync(run, SmallHistory.Seed + 1, days: 2);
        await RowsAsync(connection, arrived + counts.Transactions, first);
        await LabelsAsync(connection, first);
        await first.PostJsonAsync("/predict", new { customer_id = 1, merchant_id = 1, amount = 9.99 });
        Assert.InRange((await CheckAsync(run, connection, since, first)).Arrived, arrived + (counts.Transactions * 9 / 10), long.MaxValue);
        await LeveeAsync(first, 0, "rebuild-state", "--postgres", run.ConnectionString);

        await connection.ExecuteAsync(
            """
            UPDATE transactions SET base_amount = base_amount + 0.01 WHERE transaction_id = (
                SELECT transaction_id FROM predictions WHERE NOT degraded AND NOT served ORDER BY event_time LIMIT 1 OFFSET 1000)
            """);
        var output = await LeveeAsync(first, 1, "parity", "--since", since, "--postgres", run.ConnectionString);
        Assert.Contains(": logged ", output, StringComparison.Ordinal);
    }

    private static Task<SimulatorCounts> StreamAsync(StreamRun run, int seed, int days) => new KafkaSimulator(
        new SimulationOptions
        {
            Seed = seed,
            Customers = SmallHistory.Customers,
            Merchants = SmallHistory.Merchants,
            Start = TimeProvider.System.GetUtcNow().AddDays(-days - 1),
            Days = days,
            LateShare = 0.02,
            DuplicateShare = 0,
            EarlyLabelShare = 0.1,
            LabelDelayMax = TimeSpan.FromDays(12),
        },
        new KafkaSimulatorOptions { BootstrapServers = run.BootstrapServers }).ReplayAsync(PerSecond, CancellationToken.None);

    private static async Task ImportAsync(StreamRun run, SiloUnderTest silo)
    {
        var folder = Directory.CreateTempSubdirectory("levee-parity-");
        try
        {
            var file = Path.Combine(folder.FullName, "history.csv");
            var now = TimeProvider.System.GetUtcNow();
            await File.WriteAllLinesAsync(
                file,
                [
                    "customer_id,merchant_id,amount,timestamp,is_fraud",
                    .. Enumerable.Range(0, 900).Select(i => string.Create(
                        CultureInfo.InvariantCulture,
                        $"{1 + (i % SmallHistory.Customers)},{1 + (i % SmallHistory.Merchants)},{1 + (i % 90)}.25,{now.AddHours(-i):O},{i % 9 / 8}")),
                ]);
            var output = await LeveeAsync(silo, 0, "import", file, "--postgres", run.ConnectionString);
            Assert.Contains("900 rows added", output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Clients ask all the time: about now, about a time in between, and with the reference's overrides.
    private static async Task AskAsync(SiloUnderTest silo, CancellationToken cancellationToken)
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            object request = (i % 3) switch
            {
                0 => new { customer_id = 1 + (i % SmallHistory.Customers), merchant_id = 1 + (i % SmallHistory.Merchants), amount = 12.5 + i },
                1 => new
                {
                    customer_id = 1 + (i % SmallHistory.Customers),
                    merchant_id = 1 + (i % SmallHistory.Merchants),
                    amount = 3.99,
                    timestamp = TimeProvider.System.GetUtcNow().AddDays(-StreamedDays + (i % StreamedDays)),
                    country = "DE",
                },
                _ => new
                {
                    customer_id = 1 + (i % SmallHistory.Customers),
                    merchant_id = 1 + (i % SmallHistory.Merchants),
                    amount = 250,
                    currency = "USD",
                    transaction_count = i % 9,
                    avg_amount = 1.25 * i,
                },
            };

            // Until the others have noticed the kill, some answers are that the cluster cannot be reached.
            using var response = await silo.Http.PostAsJsonAsync("/predict", request, CancellationToken.None);
            Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]);
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }
    }

    private static async Task<(long Arrived, long Served)> CheckAsync(StreamRun run, Npgsql.NpgsqlConnection connection, string since, SiloUnderTest silo)
    {
        // What was logged last may not be complete at the checkpoint yet, and the log itself lags a moment.
        var output = await Until.HoldsAsync(
            () => LeveeAsync(silo, 0, "parity", "--since", since, "--postgres", run.ConnectionString),
            text => text.Contains(" 0 not yet complete", StringComparison.Ordinal),
            Patience,
            "All predictions can be compared",
            () => silo.Process.Output);
        Assert.Contains(" 0 mismatches.", output, StringComparison.Ordinal);
        var compared = long.Parse(Compared().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        var served = await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM predictions WHERE served AND NOT degraded");
        return (compared - served, served);
    }

    private static Task RowsAsync(Npgsql.NpgsqlConnection connection, long count, SiloUnderTest silo) => Until.HoldsAsync(
        () => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM transactions WHERE epoch IS NOT NULL"),
        rows => rows >= count,
        Patience,
        $"{count} rows are durable",
        () => silo.Process.Output);

    private static Task LabelsAsync(Npgsql.NpgsqlConnection connection, SiloUnderTest silo) => Until.HoldsAsync(
        () => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM labels WHERE merchant_sequence IS NULL"),
        pending => pending == 0,
        Patience,
        "Every label is folded",
        () => silo.Process.Output);

    private static async Task<string> LeveeAsync(SiloUnderTest silo, int expected, params string[] arguments)
    {
        await using var levee = LeveeProcess.Start(Programs.Cli, arguments);
        await levee.WaitForExitAsync(TimeSpan.FromSeconds(90));
        Assert.True(
            levee.ExitCode == expected,
            $"levee {string.Join(' ', arguments)} ended with {levee.ExitCode}:\n{levee.Output}\n{silo.Process.Output}");
        return levee.Output;
    }

    [GeneratedRegex("(\\d+) predictions compared")]
    private static partial Regex Compared();
}
