using System.Globalization;
using Levee.Silo.Hosting;
using Levee.Storage;
using Spectre.Console;

namespace Levee.Silo.FirstStart;

/// <summary>The table that a start ends with: where everything is, how good the model is, and a request to try, if there is a model to answer it.</summary>
internal static class StartupSummary
{
    /// <summary>Prints the table.</summary>
    public static void Print(IAnsiConsole console, SiloSettings settings, EmbeddedServers servers, ModelVersionRow? model, TimeSpan elapsed)
    {
        var url = $"{(settings.Certificate is null ? "http" : "https")}://localhost:{settings.Port}";
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("what").AddColumn("value");
        table.AddRow("API", $"{url}/docs");
        table.AddRow("Dashboard", $"{url}/dashboard");
        table.AddRow("Metrics", $"{url}/metrics");
        table.AddRow("Health", $"{url}/health");
        table.AddRow("Kafka", Markup.Escape(servers.KafkaBootstrapServers + (settings.UsesEmbeddedKafka ? " (embedded, in memory)" : "")));
        table.AddRow("PostgreSQL", settings.UsesEmbeddedPostgres ? Markup.Escape($"embedded, {settings.DataDirectory}") : "as configured");
        table.AddRow("Model", Markup.Escape(DescribeModel(model)));
        table.AddRow("Traffic", settings.SimulatesLive
            ? string.Create(CultureInfo.InvariantCulture, $"{settings.Demo.Rate:0.#} simulated transactions/s")
            : "none simulated");
        console.WriteLine();
        console.Write(table);
        var after = string.Create(CultureInfo.InvariantCulture, $"after {elapsed.TotalSeconds:F1} s");
        if (model is null)
        {
            console.MarkupLine($"Started {after}. [yellow]Not ready: nothing is scored before there is a model.[/]");
            console.WriteLine();
            return;
        }

        console.MarkupLine($"Ready {after}. Try:");
        console.WriteLine();

        // Not through the console: it would wrap the line, and a wrapped command cannot be pasted.
        Console.WriteLine(
            $$"""curl -s {{url}}/predict -H 'content-type: application/json' -d '{"customer_id": 42, "merchant_id": 7, "amount": 129.90}'""");
        Console.WriteLine();
    }

    private static string DescribeModel(ModelVersionRow? model)
    {
        if (model is null)
        {
            return "none that can answer yet: POST /retrain trains on stored, labelled transactions, GET /retrain says how far a run is";
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Version}: AUC {model.Metrics.GetValueOrDefault("auc"):F3}, " +
            $"average precision {model.Metrics.GetValueOrDefault("average_precision"):F3} on held-out time");
    }
}
