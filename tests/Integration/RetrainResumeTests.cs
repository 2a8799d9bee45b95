using System.Text.Json;
using Dapper;
using Levee.Integration.Harness;
using Npgsql;

namespace Levee.Integration;

/// <summary>
/// A retraining run survives the process that does it. The points of the kills are made by locks in PostgreSQL that the run has to wait
/// for, so that nothing depends on how fast the machine is.
/// </summary>
[Collection(FaultsCollection.Name)]
public sealed class RetrainResumeTests(SystemFixture system)
{
    // The registry's own lock: who holds it keeps versions from being registered and stages from changing.
    private const long RegistryLock = 7_210_533_842;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_run_that_is_killed_again_and_again_ends_by_itself_with_one_new_version()
    {
        using var run = await system.NewRunAfterFirstStartAsync();
        Guid runId;

        // While the candidate is being registered: nothing of it is there afterwards.
        await using (var silo = run.StartSilo())
        {
            await silo.WaitAsync();
            await using var hold = await HoldAsync(run, "SELECT pg_advisory_lock(@registry)");
            runId = (await silo.PostJsonAsync("/retrain", new { force = true })).GetProperty("run_id").GetGuid();
            await KillWhenWaitingAsync(run, silo, hold);
            Assert.Equal(1, await CountAsync(hold, "SELECT count(*) FROM model_versions"));
        }

        // After the candidate is registered and before the run knows it: the next process must find it, not register another.
        await using (var hold = await HoldAsync(run, "BEGIN; SELECT 1 FROM orleans_grain_state FOR UPDATE"))
        await using (var silo = run.StartSilo())
        {
            await KillWhenWaitingAsync(run, silo, hold);
            Assert.Equal(2, await CountAsync(hold, "SELECT count(*) FROM model_versions"));
        }

        // While stages change. One process more, of which nobody asks anything and which schedules nothing: the reminder brings the run back.
        await using (var hold = await HoldAsync(run, "SELECT pg_advisory_lock(@registry)"))
        await using (var silo = run.StartSilo())
        {
            await KillWhenWaitingAsync(run, silo, hold);
            Assert.Equal(2, await CountAsync(hold, "SELECT count(*) FROM stage_transitions"));
        }

        await using var last = run.StartSilo(("Levee:Roles:0", "api"), ("Levee:Roles:1", "stream"));
        await using var connection = await run.OpenAsync();
        await Until.HoldsAsync(
            () => CountAsync(connection, "SELECT count(*) FROM stage_transitions WHERE version = 'v2' AND to_stage IN ('Production', 'Archived')"),
            ended => ended == 1,
            Patience,
            "The run ends by itself",
            () => last.Process.Output);
        await AssertEndedAsync(last, connection, runId);
    }

    private static async Task AssertEndedAsync(SiloUnderTest silo, NpgsqlConnection connection, Guid runId)
    {
        var status = await Until.HoldsAsync(
            () => silo.GetJsonAsync("/retrain"),
            status => status.GetProperty("outcome").ValueKind == JsonValueKind.String,
            Patience,
            "The run has an outcome",
            () => silo.Process.Output);
        Assert.Equal(runId, status.GetProperty("run_id").GetGuid());
        Assert.Equal("v2", status.GetProperty("candidate_version").GetString());

        var outcome = status.GetProperty("outcome").GetString();
        var promoted = outcome == "promoted";
        Assert.True(promoted || outcome == "rejected", status.GetRawText());
        Assert.Equal(
            promoted
                ? ["v1:None>Production", "v2:None>Staging", "v1:Production>Archived", "v2:Staging>Production"]
                : ["v1:None>Production", "v2:None>Staging", "v2:Staging>Archived"],
            await connection.QueryAsync<string>("SELECT version || ':' || from_stage || '>' || to_stage FROM stage_transitions ORDER BY id"));
        Assert.Equal(
            promoted ? ["v1:Archived", "v2:Production"] : ["v1:Production", "v2:Archived"],
            await connection.QueryAsync<string>("SELECT version || ':' || stage FROM model_versions ORDER BY number"));
        Assert.Equal(1, await CountAsync(connection, "SELECT count(*) FROM runs WHERE kind = 'retrain'"));
        await Until.HoldsAsync(
            () => CountAsync(connection, "SELECT count(*) FROM orleans_reminder WHERE reminder_name = 'resume-run'"),
            left => left == 0,
            Patience,
            "Nothing wakes the run again",
            () => silo.Process.Output);
    }

    private static async Task<NpgsqlConnection> HoldAsync(StreamRun run, string sql)
    {
        // A pooled connection would keep the lock after it was given back.
        var connection = new NpgsqlConnection($"{run.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await connection.ExecuteAsync("SET idle_in_transaction_session_timeout = 0");
        await connection.ExecuteAsync(sql, new { registry = RegistryLock });
        return connection;
    }

    // kill -9, then the end of what the dead process had asked PostgreSQL for, as if its last statements had never arrived.
    private static async Task KillWhenWaitingAsync(StreamRun run, SiloUnderTest silo, NpgsqlConnection hold)
    {
        // Another connection: within a transaction PostgreSQL shows the same activity again and again.
        await using var connection = await run.OpenAsync();
        var waiting = $"FROM pg_stat_activity WHERE {hold.ProcessID} = ANY (pg_blocking_pids(pid))";
        await Until.HoldsAsync(
            () => CountAsync(connection, $"SELECT count(*) {waiting}"),
            waiters =>
            {
                Assert.False(silo.Process.HasExited, silo.Process.Output);
                return waiters > 0;
            },
            Patience,
            "The run waits for the lock",
            () => silo.Process.Output);
        await silo.Process.KillAsync();
        await connection.ExecuteAsync($"SELECT pg_terminate_backend(pid, 10000) {waiting}");
    }

    private static Task<long> CountAsync(NpgsqlConnection connection, string sql) => connection.ExecuteScalarAsync<long>(sql);
}
