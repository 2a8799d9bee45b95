using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using Levee.Features;
using Levee.Integration.Harness;

namespace Levee.Integration;

/// <summary>An operator's tools on a silo that works: records delivered once more, damaged states made anew, then all compared.</summary>
[Collection(FaultsCollection.Name)]
public sealed partial class ReplayTests(SystemFixture system)
{
    private const int Count = 12_000;

    [Fact]
    public async Task Replay_and_rebuild_under_traffic_change_nothing_but_damage()
    {
        using var run = await system.NewRunAsync();
        await using var silo = run.StartSilo();
        await silo.WaitAsync(ready: false);
        var hourAgo = TimeProvider.System.GetUtcNow().AddHours(-1).ToString("O", CultureInfo.InvariantCulture);
        var producing = run.ProduceAsync(new StreamPlan(Seed: 14, Count, LateShare: 0.01, DuplicateShare: 0.01, PoisonShare: 0.002));
        await run.WaitForRowsAsync(Count / 6, silo);
        await DamageAsync(run);

        var replay = LeveeAsync(silo, 0, "replay", "--from", hourAgo, "--url", silo.Http.BaseAddress!.ToString());
        var rebuild = LeveeAsync(silo, 0, "rebuild-state", "--apply", "--postgres", run.ConnectionString);
        await Task.WhenAll(replay, rebuild);
        var produced = await producing;
        await run.WaitUntilDurableAsync(produced, silo);
        await LeveeAsync(silo, 0, "rebuild-state", "--apply", "--postgres", run.ConnectionString);

        // Everything is complete now: each record comes once more, is recognised by both of its grains and goes to no dead letter again.
        var (customers, merchants) = await ReadRedeliveredAsync(silo);
        var output = await LeveeAsync(silo, 0, "replay", "--offset", "0", "--url", silo.Http.BaseAddress!.ToString());
        var records = produced.Transactions.Count + produced.Duplicates;
        Assert.Contains($"{records + produced.Poison} offsets were delivered once more.", output, StringComparison.Ordinal);
        Assert.Equal((customers + records, merchants + records), await ReadRedeliveredAsync(silo));

        await run.AssertRowsAsync(produced);
        await run.AssertMinutesAsync(silo);
        await run.AssertDeadLettersAsync(produced);
        output = await LeveeAsync(silo, 0, "rebuild-state", "--postgres", run.ConnectionString);
        Assert.Contains(": 0 differ, 0 replaced, 0 undecided.", output, StringComparison.Ordinal);
        Assert.Equal(0, CountOf(await silo.Http.GetStringAsync("/metrics"), "customer", "unknown"));
    }

    // Windows that were forgotten: valid, and wrong. What the grains have in memory is right, until they read it again.
    private static async Task DamageAsync(StreamRun run)
    {
        await using var connection = await run.OpenAsync();
        foreach (var id in new[] { 3L, 117L, 260L })
        {
            await connection.ExecuteAsync(
                "UPDATE customer_state SET state = @State WHERE customer_id = @Id", new { State = new CustomerWindow(id).Serialize(), Id = id });
        }

        foreach (var id in new[] { 2L, 31L })
        {
            await connection.ExecuteAsync(
                "UPDATE merchant_state SET state = @State WHERE merchant_id = @Id", new { State = new MerchantWindow(id).Serialize(), Id = id });
        }
    }

    private static async Task<string> LeveeAsync(SiloUnderTest silo, int expected, params string[] arguments)
    {
        await using var levee = LeveeProcess.Start(Programs.Cli, arguments);
        await levee.WaitForExitAsync(TimeSpan.FromSeconds(90));
        Assert.True(
            levee.ExitCode == expected,
            $"levee {string.Join(' ', arguments)} ended with {levee.ExitCode}:\n{levee.Output}\n{silo.Process.Output}");
        return levee.Output;
    }

    private static async Task<(long Customers, long Merchants)> ReadRedeliveredAsync(SiloUnderTest silo)
    {
        var metrics = await silo.Http.GetStringAsync("/metrics");
        return (CountOf(metrics, "customer", "redelivered"), CountOf(metrics, "merchant", "redelivered"));
    }

    private static long CountOf(string metrics, string kind, string outcome) =>
        Records().Matches(metrics)
            .Where(match => match.Groups["kind"].Value == kind && match.Groups["outcome"].Value == outcome)
            .Sum(match => long.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex("levee_records_total\\{kind=\"(?<kind>\\w+)\",outcome=\"(?<outcome>\\w+)\"\\} (?<count>\\d+)")]
    private static partial Regex Records();
}
