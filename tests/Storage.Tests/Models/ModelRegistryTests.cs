using Levee.Storage.Tests.Support;
using Levee.Testing;
using Npgsql;

namespace Levee.Storage.Tests.Models;

public sealed class ModelRegistryTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private ModelRegistry _registry = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _registry = new ModelRegistry(_database.Source);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_model_is_stored_with_all_that_belongs_to_it()
    {
        Assert.Null(await _registry.GetProductionVersionAsync(CancellationToken.None));

        var version = await RegisterAsync(ModelStage.Production, [1, 2, 3]);

        Assert.Equal("v1", version);
        Assert.Equal([1, 2, 3], await _registry.LoadArtifactAsync("v1", CancellationToken.None));
        Assert.Equal("v1", await _registry.GetProductionVersionAsync(CancellationToken.None));
        var row = Assert.Single(await _registry.ListAsync(CancellationToken.None));
        Assert.Equal(("v1", ModelStage.Production, "hash"), (row.Version, row.Stage, row.FeatureHash));
        Assert.Equal(0.9, row.Metrics["auc"]);
        Assert.Equal(double.NaN, row.Metrics["recall"]);
        Assert.Equal(
            "first|tester|100|039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81",
            await _database.ScalarAsync<string>(
                "SELECT concat_ws('|', kind, who, parameters ->> 'trees', artifact_sha256) FROM runs JOIN model_versions USING (run_id)"));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => _registry.LoadArtifactAsync("v2", CancellationToken.None));
    }

    [Fact]
    public async Task A_run_that_is_registered_again_keeps_its_version()
    {
        var run = Guid.NewGuid();

        var versions = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RegisterAsync(ModelStage.None, runId: run)));

        Assert.Equal(Enumerable.Repeat("v1", 5), versions);
        Assert.Equal("v1", await _registry.FindByRunAsync(run, CancellationToken.None));
        Assert.Null(await _registry.FindByRunAsync(Guid.NewGuid(), CancellationToken.None));
    }

    [Fact]
    public async Task Versions_that_are_registered_at_once_get_numbers_without_gaps_and_one_is_in_production()
    {
        var versions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => RegisterAsync(ModelStage.Production))));

        Assert.Equal(Enumerable.Range(1, 8).Select(number => $"v{number}"), versions.Order(StringComparer.Ordinal));
        Assert.Equal("v8", await _registry.GetProductionVersionAsync(CancellationToken.None));
        Assert.Equal("v7", await _registry.GetPreviousProductionAsync(CancellationToken.None));
        Assert.Equal(7, (await _registry.ListAsync(CancellationToken.None)).Count(row => row.Stage == ModelStage.Archived));
    }

    [Fact]
    public async Task Every_change_is_told_with_who_why_and_the_metrics_of_the_moment()
    {
        await RegisterAsync(ModelStage.Production);
        await RegisterAsync(ModelStage.Staging);
        await MoveAsync("v2", ModelStage.Production, "better");
        await MoveAsync("v2", ModelStage.Production, "again");
        await MoveAsync("v1", ModelStage.Production, "rollback");

        Assert.Equal(
            [
                "v1|None|Production|tester|a test",
                "v2|None|Staging|tester|a test",
                "v1|Production|Archived|tester|replaced by v2",
                "v2|Staging|Production|tester|better",
                "v2|Production|Archived|tester|replaced by v1",
                "v1|Archived|Production|tester|rollback",
            ],
            await _database.ColumnAsync<string>("SELECT concat_ws('|', version, from_stage, to_stage, who, why) FROM stage_transitions ORDER BY id"));
        Assert.Equal(6, await _database.ScalarAsync<long>("SELECT count(*) FROM stage_transitions WHERE metrics ->> 'auc' = '0.9'"));
        Assert.True(await _database.ScalarAsync<bool>("SELECT array_agg(at ORDER BY id) = array_agg(at ORDER BY at, id) FROM stage_transitions"));
        Assert.Equal("v2", await _registry.GetPreviousProductionAsync(CancellationToken.None));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => MoveAsync("v9", ModelStage.Production, "nonsense"));
        Assert.Equal("v1", await _registry.GetProductionVersionAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Promotions_at_once_leave_one_in_production_and_a_history_without_a_gap()
    {
        for (var i = 0; i < 4; i++)
        {
            await RegisterAsync(ModelStage.None);
        }

        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => MoveAsync($"v{1 + (i % 4)}", ModelStage.Production, "race"))));

        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM model_versions WHERE stage = 'Production'"));
        Assert.Equal(0, await _database.ScalarAsync<long>(
            """
            SELECT count(*) FROM (
                SELECT from_stage, lag(to_stage, 1, 'None') OVER (PARTITION BY version ORDER BY id) AS before FROM stage_transitions) t
            WHERE from_stage <> before
            """));
    }

    [Fact]
    public async Task Rolling_back_twice_goes_back_two_versions_and_not_forth_again()
    {
        for (var i = 0; i < 3; i++)
        {
            await RegisterAsync(ModelStage.Production);
        }

        await Assert.ThrowsAsync<ModelStageException>(() => RollbackAsync("v2"));
        Assert.Equal("v2", await RollbackAsync("v3"));
        Assert.Equal("v1", await RollbackAsync("v2"));
        Assert.Null(await RollbackAsync("v1"));

        Assert.Equal("v1", await _registry.GetProductionVersionAsync(CancellationToken.None));
        Assert.Equal(4, await _database.ScalarAsync<long>("SELECT count(*) FROM stage_transitions WHERE is_rollback"));
        await MoveAsync("v3", ModelStage.Production, "it was right after all");
        Assert.Equal("v1", await RollbackAsync("v3"));
    }

    [Fact]
    public async Task The_version_in_production_is_not_archived_without_another_in_its_place()
    {
        await RegisterAsync(ModelStage.Production);
        await RegisterAsync(ModelStage.Staging);

        var refusal = await Assert.ThrowsAsync<ModelStageException>(() => MoveAsync("v1", ModelStage.Archived, "tidy"));
        await MoveAsync("v2", ModelStage.Archived, "tidy");

        Assert.Contains("v1 is in production", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("v1", await _registry.GetProductionVersionAsync(CancellationToken.None));
        Assert.Equal(ModelStage.Archived, (await _registry.ListAsync(CancellationToken.None))[0].Stage);
    }

    [Fact]
    public async Task What_was_live_at_any_moment_is_one_query_without_a_gap()
    {
        var history = new ModelHistory(_database.Source);
        await RegisterAsync(ModelStage.Production);
        await RegisterAsync(ModelStage.Production);
        await RollbackAsync("v2");
        var changes = await history.ListAsync(null, 100, CancellationToken.None);
        var (first, second, third) = (changes[^1].At, changes[^2].At, changes[0].At);

        Assert.Equal(["v1", "v2", "v1"], await LiveAsync(first.AddDays(-1), third.AddDays(1)));
        Assert.Equal(["v1"], await LiveAsync(first, first));
        Assert.Equal(["v2"], await LiveAsync(second, second));
        Assert.Equal(["v1"], await LiveAsync(third, third));
        Assert.Equal(["v1"], await LiveAsync(second.AddMicroseconds(-1), second.AddMicroseconds(-1)));
        Assert.Empty(await LiveAsync(first.AddDays(-2), first.AddDays(-1)));
        Assert.Equal(2, (await history.ListAsync("v2", 100, CancellationToken.None)).Count);
        Assert.True(changes[0].IsRollback);
        Assert.Equal(0.9, changes[0].Metrics["auc"]);

        async Task<IEnumerable<string>> LiveAsync(DateTimeOffset from, DateTimeOffset to) =>
            (await history.LiveAsync(from, to, CancellationToken.None)).Select(period => period.Version);
    }

    [Fact]
    public async Task A_run_that_is_killed_leaves_no_version_and_one_that_fails_says_why()
    {
        var runs = new RunStore(_database.Source);
        var (killed, failed) = (Guid.NewGuid(), Guid.NewGuid());
        var parameters = new Dictionary<string, string> { ["trees"] = "100" };
        await runs.StartAsync(killed, "train", "tester", parameters, CancellationToken.None);
        await runs.StartAsync(failed, "train", "tester", parameters, CancellationToken.None);
        await runs.FailAsync(failed, "too few frauds", CancellationToken.None);

        Assert.Empty(await _registry.ListAsync(CancellationToken.None));
        Assert.Equal(("running", null), Status(Assert.Single(await runs.FindAsync(killed.ToString(), CancellationToken.None))));
        Assert.Equal(("failed", "too few frauds"), Status(Assert.Single(await runs.FindAsync(failed.ToString()[..13], CancellationToken.None))));

        await RegisterAsync(ModelStage.None, runId: killed);
        await runs.FailAsync(killed, "too late", CancellationToken.None);
        await runs.StartAsync(killed, "train", "tester", parameters, CancellationToken.None);
        var finished = Assert.Single(await runs.FindAsync("v1", CancellationToken.None));
        Assert.Equal(("finished", null), Status(finished));
        Assert.Equal(0.9, finished.Metrics["auc"]);
        Assert.Equal([("report.html", 3L)], await runs.ListArtifactsAsync(killed, CancellationToken.None));
        Assert.Equal([7, 8, 9], await runs.LoadArtifactAsync(killed, "report.html", CancellationToken.None));
        Assert.Null(await runs.LoadArtifactAsync(killed, "other", CancellationToken.None));
        Assert.Equal(2, (await runs.ListAsync(10, CancellationToken.None)).Count);

        static (string, string?) Status(RunRow run) => (run.Status, run.Error);
    }

    [Theory]
    [InlineData("UPDATE stage_transitions SET why = 'another reason'")]
    [InlineData("DELETE FROM stage_transitions")]
    [InlineData("TRUNCATE stage_transitions")]
    public async Task History_cannot_be_changed(string sql)
    {
        await RegisterAsync(ModelStage.Production);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _database.ExecuteAsync(sql));

        Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_production_cannot_be_planted()
    {
        await RegisterAsync(ModelStage.Production);
        await RegisterAsync(ModelStage.None);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _database.ExecuteAsync("UPDATE model_versions SET stage = 'Production'"));

        Assert.Equal("model_versions_one_production", refusal.ConstraintName);
    }

    [Fact]
    public async Task Who_listens_hears_of_a_change_at_once_also_of_one_between_two_waits_and_returns_in_time_without_one()
    {
        await RegisterAsync(ModelStage.None);
        await RegisterAsync(ModelStage.None);
        await using var changes = await _registry.ListenAsync(CancellationToken.None);
        Assert.False(await changes.WaitAsync(TimeSpan.FromMilliseconds(20), CancellationToken.None));

        var waiting = changes.WaitAsync(TimeSpan.FromMinutes(5), CancellationToken.None);
        await MoveAsync("v1", ModelStage.Production, "a test");
        Assert.True(await waiting.WaitAsync(Eventually.Limit));

        await MoveAsync("v2", ModelStage.Production, "nobody waits");
        Assert.True(await changes.WaitAsync(TimeSpan.FromMinutes(5), CancellationToken.None).WaitAsync(Eventually.Limit));
    }

    private Task<string> RegisterAsync(ModelStage stage, byte[]? artifact = null, Guid? runId = null) => _registry.RegisterAsync(
        new NewModelVersion
        {
            RunId = runId ?? Guid.NewGuid(),
            Kind = "first",
            FeatureHash = "hash",
            Artifact = artifact ?? [0],
            Metrics = new Dictionary<string, double> { ["auc"] = 0.9, ["recall"] = double.NaN },
            Parameters = new Dictionary<string, string> { ["trees"] = "100" },
            Files = [new RunArtifact("report.html", [7, 8, 9])],
        },
        stage,
        "tester",
        "a test",
        CancellationToken.None);

    private Task<string?> RollbackAsync(string version) => _registry.RollbackAsync(version, "tester", "a test", CancellationToken.None);

    private Task MoveAsync(string version, ModelStage stage, string why) => _registry.TransitionAsync(version, stage, "tester", why, CancellationToken.None);
}
