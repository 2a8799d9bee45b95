using System.CommandLine;
using Levee.Cli.Http;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee health</c>.</summary>
internal static class HealthCommand
{
    private const int ServiceUnavailable = 503;

    public static Command Create()
    {
        var url = CommonOptions.Url();
        var command = new Command("health", "Shows how Levee is. Exit code 0 when healthy, else 1.") { url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = new LeveeApi(parsed.GetRequiredValue(url));
            var answer = await api.GetAsync("health", cancellationToken, ServiceUnavailable);
            var console = Screen.Of(parsed.InvocationConfiguration.Output);
            var status = JsonText.Of(answer, "status");
            console.WriteLine(status);
            var table = Screen.NewTable("Component", "Status", "Detail");
            foreach (var component in JsonText.Members(answer, "components"))
            {
                table.Add(component.Name, JsonText.Of(component.Value, "status"), JsonText.Of(component.Value, "detail"));
            }

            if (table.Rows.Count > 0)
            {
                console.Write(table);
            }

            return status == "healthy" ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }
}
