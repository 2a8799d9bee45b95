using System.CommandLine;
using Levee.Cli.Training;
using Levee.Grains.Models;
using Levee.Storage;
using Levee.Training;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee train</c>.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var database = new DatabaseChoice();
        var parameters = new Option<FileInfo?>("--params")
        {
            Description = "File of training parameters, JSON or YAML, such as the params.json of a run. What it lacks has its default.",
            HelpName = "file",
        };
        var days = CommonOptions.Number("--days", "Days of transactions whose labels are mature. The last seven are the test, the seven before are left out.", 21, 730, 30);
        var warmUp = CommonOptions.Number("--warm-up-days", "Days before those that only fill the windows.", 0, 730, 37);
        var asOf = new Option<DateTimeOffset?>("--as-of")
        {
            Description = "Trains with what was known at this time. Defaults to now.",
            HelpName = "time",
            CustomParser = CommonOptions.ParsePastTime,
        };
        var why = new Option<string>("--why") { Description = "The reason, for the history.", DefaultValueFactory = _ => "trained by hand" };
        var command = new Command(
            "train",
            "Trains on the stored transactions, tests on the latest matured week, and registers the result in Staging; levee models promote serves it.")
        {
            parameters, days, warmUp, asOf, why, database.Connection, database.Data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = ReadOptions(parsed.GetValue(parameters));
            await using var source = database.Open(parsed);
            await using var services = TrainingServices.Create(source, database.FolderOf(parsed), parsed.InvocationConfiguration.Error);
            var time = parsed.GetValue(asOf) ?? TimeProvider.System.GetUtcNow();
            var (length, before) = (parsed.GetValue(days), parsed.GetValue(warmUp));
            var error = parsed.InvocationConfiguration.Error;
            var pipeline = services.Get<TrainingPipeline>();
            await new LeveeDatabase(source).MigrateAsync(cancellationToken);
            var readAt = TimeProvider.System.GetUtcNow();
            await error.WriteLineAsync($"building rows of {length} days...");
            var rows = await services.Get<StoredRows>().BuildAsync(time, length, before, cancellationToken);
            var described = TrainingParameters.With(options, [new(nameof(TrainingOptions.DataQuery), StoredRows.Describe(time, length, before))]);
            var request = new TrainingRequest
            {
                RunId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
                Kind = "train",
                Who = Environment.UserName,
                Why = parsed.GetRequiredValue(why),
                Stage = ModelStage.Staging,
                RowsReadAt = before >= StoredRows.FullWarmUpDays ? readAt : null,
                Options = described,
            };
            var trained = await pipeline.RunAsync(request, rows, new LinesTo(error), cancellationToken);
            Write(Screen.Of(parsed.InvocationConfiguration.Output), request, trained);
            return ExitCodes.Success;
        });
        return command;
    }

    private static TrainingOptions ReadOptions(FileInfo? file) =>
        file is null ? new TrainingOptions() : TrainingParameters.With(new TrainingOptions(), ParameterFile.Read(file.FullName));

    /// <summary>Says what was registered and how good it is.</summary>
    internal static void Write(IAnsiConsole console, TrainingRequest request, TrainedVersion trained)
    {
        if (trained.Outcome is { } outcome && trained.Evaluation is { } evaluation)
        {
            if (outcome.Candidates.Count > 0)
            {
                MetricTable.Write(console, outcome.Candidates);
            }

            MetricTable.Write(console, evaluation);
            console.WriteLine($"Threshold: {outcome.Artifact.Metadata.ThresholdRule}.");
            console.WriteLine($"Calibration: {outcome.Artifact.Metadata.CalibrationRule}.");
        }

        console.WriteLine($"{trained.Version} is registered in Staging (run {request.RunId}).");
        if (trained.Folder is { } folder)
        {
            console.WriteLine($"Report: {Path.Combine(folder, "report.html")}");
        }
    }
}
