using System.CommandLine;
using System.Text.Json;
using Levee.Cli.Http;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee models list</c>.</summary>
internal static class ModelsListCommand
{
    public static Command Create()
    {
        var url = CommonOptions.Url();
        var command = new Command("list", "Lists the model's versions, newest first, with their metrics on held-out time.") { url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = new LeveeApi(parsed.GetRequiredValue(url));
            Write(Screen.Of(parsed.InvocationConfiguration.Output), await api.GetAsync("models", cancellationToken));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, JsonElement answer)
    {
        var models = JsonText.Items(answer, "models").ToList();
        if (models.Count == 0)
        {
            console.WriteLine("There is no model yet.");
            return;
        }

        var table = Screen.NewTable("Version", "Stage", "Created", "AUC", "Average precision", "Served by");
        foreach (var model in models)
        {
            var version = JsonText.Of(model, "version");
            var metrics = model.TryGetProperty("metrics", out var found) ? found : default;
            table.Add(
                version,
                JsonText.Of(model, "stage"),
                JsonText.Of(model, "created_at"),
                JsonText.Number(metrics, "auc", "F4"),
                JsonText.Number(metrics, "average_precision", "F4"),
                ServedBy(answer, version));
        }

        console.Write(table);
    }

    private static string ServedBy(JsonElement answer, string version)
    {
        var silos = JsonText.Members(answer, "served").Where(silo => silo.Value.ToString() == version).Select(silo => silo.Name).ToList();
        return silos.Count == 0 ? JsonText.Missing : string.Join(", ", silos);
    }
}
