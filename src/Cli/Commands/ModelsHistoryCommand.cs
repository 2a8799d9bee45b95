using System.CommandLine;
using System.Text.Json;
using Levee.Cli.Http;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee models history</c> and <c>levee models live</c>.</summary>
internal static class ModelsHistoryCommand
{
    public static Command CreateHistory()
    {
        var url = CommonOptions.Url();
        var version = new Option<string?>("--version") { Description = "Only this version's changes, such as v3.", HelpName = "version" };
        var command = new Command("history", "Lists every change of a version's stage, newest first, with who and why.") { version, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = new LeveeApi(parsed.GetRequiredValue(url));
            var query = parsed.GetValue(version) is { } only ? $"?version={Uri.EscapeDataString(only)}" : "";
            var answer = await api.GetAsync($"models/history{query}", cancellationToken);
            var table = Screen.NewTable("At", "Version", "From", "To", "Who", "Why", "AUC");
            foreach (var change in JsonText.Items(answer, "changes"))
            {
                table.Add(
                    JsonText.Of(change, "at"),
                    JsonText.Of(change, "version"),
                    JsonText.Of(change, "from_stage"),
                    JsonText.Of(change, "to_stage"),
                    JsonText.Of(change, "who"),
                    JsonText.Of(change, "why"),
                    JsonText.Number(change.TryGetProperty("metrics", out var metrics) ? metrics : default, "auc", "F4"));
            }

            Write(parsed.InvocationConfiguration.Output, table, "Nothing has changed yet.");
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command CreateLive()
    {
        var url = CommonOptions.Url();
        var at = new Option<string?>("--at")
        {
            Description = "A day (UTC) such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z. Defaults to now.",
            HelpName = "day",
        };
        var command = new Command("live", "Tells which versions were in production on a day or at a moment.") { at, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = new LeveeApi(parsed.GetRequiredValue(url));
            var query = parsed.GetValue(at) is { } day ? $"?at={Uri.EscapeDataString(day)}" : "";
            JsonElement answer = await api.GetAsync($"models/live{query}", cancellationToken);
            var table = Screen.NewTable("Version", "From", "Until", "Who", "Why");
            foreach (var period in JsonText.Items(answer, "live"))
            {
                table.Add(
                    JsonText.Of(period, "version"),
                    JsonText.Of(period, "from"),
                    JsonText.Of(period, "until"),
                    JsonText.Of(period, "who"),
                    JsonText.Of(period, "why"));
            }

            Write(parsed.InvocationConfiguration.Output, table, "Nothing was in production then.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(TextWriter output, Table table, string none)
    {
        var console = Screen.Of(output);
        if (table.Rows.Count == 0)
        {
            console.WriteLine(none);
        }
        else
        {
            console.Write(table);
        }
    }
}
