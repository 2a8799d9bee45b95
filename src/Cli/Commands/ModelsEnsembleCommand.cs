using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Levee.Cli.Training;
using Levee.Grains.Models;
using Levee.Models;
using Levee.Storage;
using Levee.Training;
using Npgsql;

namespace Levee.Cli.Commands;

/// <summary><c>levee models ensemble</c>.</summary>
internal static class ModelsEnsembleCommand
{
    public static Command Create()
    {
        var database = new DatabaseChoice();
        var members = new Argument<(string Version, double Weight)[]>("members")
        {
            Description = "Two or more versions with their weights, which add up to 1, such as v3=0.7 v5=0.3.",
            HelpName = "version=weight",
            Arity = new ArgumentArity(2, ModelEnsemble.MaxMembers),
            CustomParser = ParseMembers,
        };
        var space = new Option<AveragingSpace?>("--space")
        {
            Description = "What is averaged: margin (log-odds; trees only, with reasons) or probability. Defaults to margin if possible.",
            HelpName = "margin|probability",
        };
        var days = CommonOptions.Number(
            "--days", "Days of transactions that it is calibrated and tested on; those that taught a member are left out.", 1, 730, 60);
        var warmUp = CommonOptions.Number("--warm-up-days", "Days before those that only fill the windows.", 0, 730, 37);
        var asOf = new Option<DateTimeOffset?>("--as-of")
        {
            Description = "Tests with what was known at this time. Defaults to now.",
            HelpName = "time",
            CustomParser = CommonOptions.ParsePastTime,
        };
        var why = new Option<string>("--why")
        {
            Description = "The reason, for the history.",
            DefaultValueFactory = _ => "put together by hand",
        };
        var command = new Command(
            "ensemble",
            "Registers a weighted mean of versions in Staging, calibrated and tested on transactions later than its members' training.")
        {
            members, space, days, warmUp, asOf, why, database.Connection, database.Data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = database.Open(parsed);
            var error = parsed.InvocationConfiguration.Error;
            await using var services = TrainingServices.Create(source, database.FolderOf(parsed), error);
            var ensemble = await LoadAsync(source, parsed.GetRequiredValue(members), parsed.GetValue(space), cancellationToken);
            var time = parsed.GetValue(asOf) ?? TimeProvider.System.GetUtcNow();
            var (length, before) = (parsed.GetValue(days), parsed.GetValue(warmUp));
            await new LeveeDatabase(source).MigrateAsync(cancellationToken);
            await error.WriteLineAsync($"building rows of {length} days...");
            var rows = await services.Get<StoredRows>().BuildAsync(time, length, before, cancellationToken);
            var request = new TrainingRequest
            {
                RunId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
                Kind = "ensemble",
                Who = Environment.UserName,
                Why = parsed.GetRequiredValue(why),
                Stage = ModelStage.Staging,
                Options = new TrainingOptions { DataQuery = StoredRows.Describe(time, length, before) },
            };
            var trained = await services.Get<TrainingPipeline>().RunAsync(request, ensemble, rows, new LinesTo(error), cancellationToken);
            TrainCommand.Write(Screen.Of(parsed.InvocationConfiguration.Output), request, trained);
            return ExitCodes.Success;
        });
        return command;
    }

    private static (string Version, double Weight)[]? ParseMembers(ArgumentResult result)
    {
        var members = new List<(string, double)>();
        foreach (var token in result.Tokens)
        {
            var parts = token.Value.Split('=');
            if (parts is not [['v', .. { Length: > 0 } digits], var text]
                || digits.AsSpan().ContainsAnyExceptInRange('0', '9')
                || !double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight))
            {
                result.AddError($"'{token.Value}' is not a version and its weight, such as v3=0.7.");
                return null;
            }

            members.Add((parts[0], weight));
        }

        return [.. members];
    }

    private static async Task<ModelEnsemble> LoadAsync(
        NpgsqlDataSource source, (string Version, double Weight)[] members, AveragingSpace? space, CancellationToken cancellationToken)
    {
        var loaded = new List<EnsembleMember>();
        foreach (var (version, weight) in members)
        {
            loaded.Add(new EnsembleMember(version, weight, await StoredModel.LoadAsync(source, version, cancellationToken)));
        }

        try
        {
            return new ModelEnsemble(loaded, space);
        }
        catch (ModelArtifactException exception)
        {
            throw new CliException(exception.Message, exception) { Code = ExitCodes.Usage };
        }
    }
}
