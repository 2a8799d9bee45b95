using System.CommandLine;
using Levee.Cli.Training;
using Levee.Grains.Models;
using Levee.Grains.Tracking;
using Levee.Models;
using Levee.Storage;
using Levee.Training;

namespace Levee.Cli.Commands;

/// <summary><c>levee evaluate</c>.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var database = new DatabaseChoice();
        var version = new Argument<string>("version") { Description = "Such as v3.", HelpName = "version" };
        var own = new Option<bool>("--own-test")
        {
            Description = "Evaluates on the test rows of the version's own data set instead of the latest matured ones.",
        };
        var days = CommonOptions.Number("--days", "Length of the latest matured period that is evaluated.", 1, 365, 7);
        var warmUp = CommonOptions.Number("--warm-up-days", "Days before it that only fill the windows.", 0, 730, 37);
        var asOf = new Option<DateTimeOffset?>("--as-of")
        {
            Description = "The time as of which labels are known: the period ends seven days before it. Defaults to now.",
            HelpName = "time",
            CustomParser = CommonOptions.ParsePastTime,
        };
        var report = new Option<FileInfo?>("--report") { Description = "Writes the HTML report.", HelpName = "file" };
        var command = new Command(
            "evaluate", "Evaluates a version on the latest transactions whose labels are mature, with intervals, and compares it with production.")
        {
            version, days, warmUp, asOf, own, report, database.Connection, database.Data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = database.Open(parsed);
            await new LeveeDatabase(source).MigrateAsync(cancellationToken);
            await using var services = TrainingServices.Create(source, database.FolderOf(parsed), parsed.InvocationConfiguration.Error);
            var name = parsed.GetRequiredValue(version);
            var artifact = parsed.GetValue(own)
                ? await StoredModel.LoadOfAnyListAsync(source, name, cancellationToken)
                : await StoredModel.LoadAsync(source, name, cancellationToken);
            var rows = parsed.GetValue(own)
                ? await OwnTestAsync(artifact, services.Get<DataSets>(), cancellationToken)
                : await services.Get<StoredRows>().BuildAsync(
                    parsed.GetValue(asOf) ?? TimeProvider.System.GetUtcNow(),
                    parsed.GetValue(days),
                    parsed.GetValue(warmUp),
                    cancellationToken);

            // One of another feature list cannot score these rows, so there is nothing to compare with.
            var current = await new ModelRegistry(source).FindProductionAsync(cancellationToken);
            (string, ModelArtifact)? production = current is null || current.Version == name || current.FeatureHash != artifact.Metadata.FeatureHash
                ? null
                : (current.Version, await StoredModel.LoadOfAnyListAsync(source, current.Version, cancellationToken));
            var trained = TrainingParameters.With(new TrainingOptions(), artifact.Metadata.Parameters);
            var evaluation = ModelEvaluator.Evaluate(
                artifact, rows, new EvaluationOptions { ReviewCost = trained.ReviewCost }, production, cancellationToken);
            MetricTable.Write(Screen.Of(parsed.InvocationConfiguration.Output), evaluation);
            if (ModelEvaluator.SawFrom(artifact.Metadata, evaluation.From))
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync($"{name} was trained on some of these rows, so the figures flatter it.");
            }

            if (parsed.GetValue(report) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, ModelReport.Html(name, artifact, evaluation, []), cancellationToken);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<IReadOnlyList<TrainingRow>> OwnTestAsync(ModelArtifact artifact, DataSets dataSets, CancellationToken cancellationToken)
    {
        if (artifact.Ensemble is not null)
        {
            throw new CliException("The version is an ensemble and has no test rows of its own; evaluate it without --own-test.");
        }

        if (artifact.Metadata.Snapshot is not { } snapshot)
        {
            throw new CliException("The version names no data set: it was trained without keeping one.");
        }

        var data = await dataSets.ReadAsync(snapshot.Sha256, cancellationToken);
        var options = TrainingParameters.With(new TrainingOptions(), artifact.Metadata.Parameters);
        return TimeSplit.Take(data.Rows, TimeSplit.Of(data.Rows, options).Test);
    }
}
