using System.Globalization;
using System.Text;
using Levee.Cli;
using Levee.Embedded;
using Levee.Features;
using Levee.Grains.Models;
using Levee.Storage;
using Levee.Training;

namespace Levee.Simulation.Tests.Cli;

public sealed class TrainingCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("levee-training-cli-").FullName;
    private string _connection = "";

    public async Task InitializeAsync()
    {
        _connection = await TestPostgres.CreateDatabaseAsync();
        await using var source = StorageServiceCollectionExtensions.CreateSource(_connection);
        await new LeveeDatabase(source).MigrateAsync(CancellationToken.None);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Runs_are_listed_shown_and_compared()
    {
        await RegisterAsync(0.9, "100");
        await RegisterAsync(0.95, "200");

        var list = await RunAsync("runs", "list");
        var show = await RunAsync("runs", "show", "v2");
        var compare = await RunAsync("runs", "compare", "v1", "v2");
        var file = Path.Combine(_folder, "out.txt");
        var get = await RunAsync("runs", "show", "v1", "--get", "notes.txt", "--to", file);

        Assert.Equal(ExitCodes.Success, list.Code);
        Assert.Matches(@"train\s+tester\s+finished\s+v2\s+0\.9500", list.Output);
        Assert.Matches(@"notes\.txt\s+3 bytes", show.Output);
        Assert.Matches(@"Trees\s+200", show.Output);
        Assert.Matches(@"Trees\s+100\s+200", compare.Output);
        Assert.Matches(@"auc\s+0\.9000\s+0\.9500\s+0\.0500", compare.Output);
        Assert.Equal(ExitCodes.Success, get.Code);
        Assert.Equal("abc", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_history_becomes_a_version_that_is_evaluated_and_made_again_without_its_folder()
    {
        var (history, parameters, report) = (Path.Combine(_folder, "h.csv"), Path.Combine(_folder, "p.json"), Path.Combine(_folder, "r.html"));
        await File.WriteAllTextAsync(history, History());
        await File.WriteAllTextAsync(parameters, """{"trees": 10, "folds": 2}""");
        var imported = await RunAsync("import", history);
        Assert.True(imported.Code == ExitCodes.Success, imported.Error);

        string[] then = ["--as-of", "2026-03-01T00:00:00Z"];
        var trained = await RunAsync(["train", "--params", parameters, "--why", "a test", .. then]);
        Assert.True(trained.Code == ExitCodes.Success, trained.Error);
        Assert.Contains("v1 is registered in Staging", trained.Output, StringComparison.Ordinal);
        Assert.Matches(@"auc\s+0\.[89]|auc\s+1\.", trained.Output);

        // The thirty days that end seven days before.
        Assert.True(await AskAsync(
            """
            SELECT (SELECT count(*) FROM training_features) = (
                SELECT count(*) FROM transactions WHERE event_time >= '2026-01-23Z' AND event_time <= '2026-02-22Z')
            """));

        var evaluated = await RunAsync(["evaluate", "v1", "--report", report, .. then]);
        Assert.True(evaluated.Code == ExitCodes.Success, evaluated.Error);
        Assert.Matches(@"auc\s+0\.[89]|auc\s+1\.", evaluated.Output);
        Assert.DoesNotContain("flatter", evaluated.Output, StringComparison.Ordinal);
        Assert.Contains("<svg", await File.ReadAllTextAsync(report), StringComparison.Ordinal);
        var flattered = await RunAsync("evaluate", "v1", "--as-of", "2026-02-10T00:00:00Z");
        Assert.Contains("v1 was trained on some of these rows", flattered.Output, StringComparison.Ordinal);

        await using (var source = StorageServiceCollectionExtensions.CreateSource(_connection))
        {
            var stored = new StoredRows(new TransactionReader(source), FeatureList.Default);
            var tooMany = await Assert.ThrowsAsync<TrainingDataException>(
                () => stored.BuildAsync(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), 30, 37, CancellationToken.None, mostTransactions: 1_000));
            Assert.Contains("more than the 1,000", tooMany.Message, StringComparison.Ordinal);
        }

        var notYet = await RunAsync("evaluate", "v1", "--as-of", "2999-01-01T00:00:00Z");
        Assert.Equal(ExitCodes.Usage, notYet.Code);
        Assert.Contains("is not over yet", notYet.Error, StringComparison.Ordinal);

        // As on another machine: PostgreSQL has the data set too.
        Directory.Delete(Path.Combine(_folder, "snapshots"), recursive: true);
        var own = await RunAsync("evaluate", "v1", "--own-test");
        Assert.True(own.Code == ExitCodes.Success, own.Error);
        var reproduced = await RunAsync("reproduce", "v1");
        Assert.True(reproduced.Code == ExitCodes.Success, reproduced.Output + reproduced.Error);
        Assert.Contains("v1 is reproduced: all 10 trees are identical", reproduced.Output, StringComparison.Ordinal);

        // The settings name another feature list: the data set has the vectors all the same.
        var other = await Run.WithFeaturesAsync("All", "reproduce", "v1", "--postgres", _connection, "--data", _folder);
        Assert.True(other.Code == ExitCodes.Success, other.Output + other.Error);
        Assert.Contains("v1 is reproduced: all 10 trees are identical", other.Output, StringComparison.Ordinal);

        var kept = await RunAsync("datasets", "list");
        Assert.True(await AskAsync($"SELECT position(sha256 in $text${kept.Output}$text$) > 0 FROM data_sets"), kept.Output);
        Assert.Matches(@"database\s+\d", kept.Output);
        var hash = System.Text.RegularExpressions.Regex.Match(kept.Output, "[0-9a-f]{64}").Value;
        var refused = await RunAsync("datasets", "delete", hash);
        Assert.Equal(ExitCodes.Failure, refused.Code);
        Assert.Contains($"v1 was trained on {hash}", refused.Error, StringComparison.Ordinal);
        Assert.True(await AskAsync("SELECT count(*) = 1 FROM data_sets"));
        var deleted = await RunAsync("datasets", "delete", hash, "--force");
        Assert.Contains($"{hash} is deleted.", deleted.Output, StringComparison.Ordinal);
        Assert.True(await AskAsync("SELECT NOT EXISTS (SELECT FROM data_set_parts)"));
        Assert.Contains("There are no data sets", (await RunAsync("datasets", "list")).Output, StringComparison.Ordinal);
        var gone = await RunAsync("reproduce", "v1");
        Assert.Equal(ExitCodes.NoAnswer, gone.Code);
        Assert.Contains("neither in", gone.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCodes.Failure, "no run or version v9", "runs", "show", "v9")]
    [InlineData(ExitCodes.NoAnswer, "There is no model v9", "reproduce", "v9")]
    [InlineData(ExitCodes.NoAnswer, "There is no model v9", "evaluate", "v9")]
    [InlineData(ExitCodes.NoAnswer, "There is no model v9", "models", "ensemble", "v9=0.5", "v8=0.5")]
    [InlineData(ExitCodes.Usage, "'v9=half' is not a version and its weight", "models", "ensemble", "v9=half", "v8=0.5")]
    [InlineData(ExitCodes.Failure, "no transaction to train on", "train")]
    [InlineData(ExitCodes.Usage, "sha256 is '../x': expected 64 lower-case hex digits", "datasets", "delete", "../x")]
    [InlineData(ExitCodes.Failure, "nowhere.yaml cannot be read", "train", "--params", "nowhere.yaml")]
    public async Task What_cannot_be_done_is_one_sentence(int code, string sentence, params string[] arguments)
    {
        var run = await RunAsync(arguments);

        Assert.Equal(code, run.Code);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_parameter_is_named_before_anything_is_read()
    {
        var file = Path.Combine(_folder, "params.json");
        await File.WriteAllTextAsync(file, """{"trees": 0}""");

        var run = await RunAsync("train", "--params", file);

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("Trees", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("building", run.Error, StringComparison.Ordinal);
    }

    // Sixty days, a transaction every quarter of an hour; every fortieth is large and fraud, as is one ordinary one in four hundred.
    private static string History()
    {
        var text = new StringBuilder("customer_id,merchant_id,amount,timestamp,is_fraud\n");
        for (var i = 0; i < 60 * 96; i++)
        {
            var isLarge = i % 40 == 7;
            var amount = isLarge ? 900 + (i % 13) : 10 + (i % 37);
            var time = new DateTime(2025, 12, 31, 0, 0, 0, DateTimeKind.Utc).AddMinutes(15 * i);
            text.Append(CultureInfo.InvariantCulture, $"{1 + (i % 23)},{1 + (i % 7)},{amount},{time:yyyy-MM-ddTHH:mm:ssZ},{(isLarge || i % 400 == 3 ? 1 : 0)}\n");
        }

        return text.ToString();
    }

    private async Task<bool> AskAsync(string sql)
    {
        await using var source = StorageServiceCollectionExtensions.CreateSource(_connection);
        await using var command = source.CreateCommand(sql);
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private Task<Run> RunAsync(params string[] arguments) => Run.Of([.. arguments, "--postgres", _connection, "--data", _folder]);

    private async Task RegisterAsync(double auc, string trees)
    {
        await using var source = StorageServiceCollectionExtensions.CreateSource(_connection);
        await new ModelRegistry(source).RegisterAsync(
            new NewModelVersion
            {
                RunId = Guid.NewGuid(),
                Kind = "train",
                FeatureHash = "hash",
                Artifact = [0],
                Metrics = new Dictionary<string, double> { ["auc"] = auc },
                Parameters = new Dictionary<string, string> { ["Trees"] = trees },
                Files = [new RunArtifact("notes.txt", "abc"u8.ToArray())],
            },
            ModelStage.None,
            "tester",
            "a test",
            CancellationToken.None);
    }
}
