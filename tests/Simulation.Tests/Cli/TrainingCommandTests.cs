using Levee.Cli;
using Levee.Embedded;
using Levee.Storage;

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

    [Theory]
    [InlineData(ExitCodes.Failure, "no run or version v9", "runs", "show", "v9")]
    [InlineData(ExitCodes.NoAnswer, "There is no model v9", "reproduce", "v9")]
    [InlineData(ExitCodes.NoAnswer, "There is no model v9", "evaluate", "v9")]
    [InlineData(ExitCodes.NoAnswer, "There is no model v9", "models", "ensemble", "v9=0.5", "v8=0.5")]
    [InlineData(ExitCodes.Usage, "'v9=half' is not a version and its weight", "models", "ensemble", "v9=half", "v8=0.5")]
    [InlineData(ExitCodes.Failure, "no transaction to train on", "train")]
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
