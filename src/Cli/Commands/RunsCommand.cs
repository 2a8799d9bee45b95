using System.CommandLine;
using System.Globalization;
using Levee.Cli.Training;
using Levee.Storage;

namespace Levee.Cli.Commands;

/// <summary><c>levee runs list</c>, <c>show</c> and <c>compare</c>.</summary>
internal static class RunsCommand
{
    public static Command CreateList()
    {
        var database = new DatabaseChoice();
        var limit = CommonOptions.Number("--limit", "Most runs.", 1, 10_000, 50);
        var command = new Command("list", "Lists the training runs, newest first.") { limit, database.Connection, database.Data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = database.Open(parsed);
            var console = Screen.Of(parsed.InvocationConfiguration.Output);
            var runs = await new RunStore(source).ListAsync(parsed.GetValue(limit), cancellationToken);
            var table = Screen.NewTable("Run", "Started", "Kind", "Who", "Status", "Version", "AUC", "Average precision");
            foreach (var run in runs)
            {
                table.Add(
                    run.RunId.ToString(),
                    Time(run.CreatedAt),
                    run.Kind,
                    run.Who,
                    run.Status,
                    run.Version ?? "-",
                    Metric(run, "auc"),
                    Metric(run, "average_precision"));
            }

            console.Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command CreateShow()
    {
        var database = new DatabaseChoice();
        var name = Name("run", "A version such as v3, a run's id, or the beginning of one.");
        var get = new Option<string?>("--get") { Description = "Writes one of the run's files, such as report.html, to standard output or --to.", HelpName = "name" };
        var to = new Option<FileInfo?>("--to") { Description = "Where --get writes.", HelpName = "file" };
        var command = new Command("show", "Shows a run: parameters, metrics and files.") { name, get, to, database.Connection, database.Data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = database.Open(parsed);
            var store = new RunStore(source);
            var run = await FindAsync(store, parsed.GetRequiredValue(name), cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(get) is { } file)
            {
                var content = await store.LoadArtifactAsync(run.RunId, file, cancellationToken)
                    ?? throw new CliException($"Run {run.RunId} has no file {file}.");
                if (parsed.GetValue(to) is { } target)
                {
                    await File.WriteAllBytesAsync(target.FullName, content, cancellationToken);
                }
                else
                {
                    await output.WriteAsync(System.Text.Encoding.UTF8.GetString(content));
                }

                return ExitCodes.Success;
            }

            var table = Screen.NewTable("", "");
            table.Add("run", run.RunId.ToString());
            table.Add("kind", run.Kind);
            table.Add("who", run.Who);
            table.Add("status", run.Error is { } error ? $"{run.Status}: {error}" : run.Status);
            table.Add("version", run.Version ?? "-");
            table.Add("started", Time(run.CreatedAt));
            table.Add("ended", run.EndedAt is { } ended ? Time(ended) : "-");
            foreach (var (metric, value) in run.Metrics.OrderBy(m => m.Key, StringComparer.Ordinal))
            {
                table.Add(metric, MetricTable.Number(value));
            }

            foreach (var (parameter, value) in run.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal))
            {
                table.Add(parameter, value);
            }

            foreach (var (artifact, bytes) in await store.ListArtifactsAsync(run.RunId, cancellationToken))
            {
                table.Add(artifact, string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes"));
            }

            Screen.Of(output).Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command CreateCompare()
    {
        var database = new DatabaseChoice();
        var first = Name("first", "A run or version.");
        var second = Name("second", "Another.");
        var command = new Command("compare", "Shows where two runs differ, in parameters and in metrics.") { first, second, database.Connection, database.Data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = database.Open(parsed);
            var store = new RunStore(source);
            var a = await FindAsync(store, parsed.GetRequiredValue(first), cancellationToken);
            var b = await FindAsync(store, parsed.GetRequiredValue(second), cancellationToken);
            var table = Screen.NewTable("", Title(a), Title(b), "Difference");
            foreach (var name in a.Parameters.Keys.Union(b.Parameters.Keys).Order(StringComparer.Ordinal))
            {
                var (was, becomes) = (a.Parameters.GetValueOrDefault(name, "-"), b.Parameters.GetValueOrDefault(name, "-"));
                if (was != becomes)
                {
                    table.Add(name, was, becomes, "");
                }
            }

            foreach (var name in a.Metrics.Keys.Union(b.Metrics.Keys).Order(StringComparer.Ordinal))
            {
                var (was, becomes) = (a.Metrics.GetValueOrDefault(name, double.NaN), b.Metrics.GetValueOrDefault(name, double.NaN));
                table.Add(name, MetricTable.Number(was), MetricTable.Number(becomes), MetricTable.Number(becomes - was));
            }

            Screen.Of(parsed.InvocationConfiguration.Output).Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Argument<string> Name(string name, string description) => new(name) { Description = description, HelpName = name };

    private static async Task<RunRow> FindAsync(RunStore store, string name, CancellationToken cancellationToken) =>
        await store.FindAsync(name, cancellationToken) switch
        {
            [var run] => run,
            [] => throw new CliException($"There is no run or version {name}."),
            var several => throw new CliException($"{name} begins the ids of {several.Count} runs or more: give more of it."),
        };

    private static string Title(RunRow run) => run.Version ?? run.RunId.ToString();

    private static string Metric(RunRow run, string name) => MetricTable.Number(run.Metrics.GetValueOrDefault(name, double.NaN));

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
