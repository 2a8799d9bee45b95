using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Levee.Cli.Load;

/// <summary>The result of a load, as a table and as JSON.</summary>
internal sealed record LoadReport(LoadOptions Options, LoadCounts Counts, TimeSpan Elapsed)
{
    private static readonly (string Name, double Value)[] Percentiles = [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("max", 100)];

    /// <summary>Requests a second that were answered with a score, over the time in which they were sent.</summary>
    public double RateReached => Elapsed > TimeSpan.Zero ? Counts.Succeeded / Elapsed.TotalSeconds : 0;

    public void Show(IAnsiConsole console)
    {
        var table = Screen.NewTable(["Rate", "Reached", "Scored", "Errors", .. Percentiles.Select(percentile => $"{percentile.Name} ms")]);
        table.Add(
        [
            Format(Options.Rate, "F0"), Format(RateReached, "F1"), Format(Counts.Succeeded, "F0"), Format(Counts.Failed, "F0"),
            .. Percentiles.Select(percentile => Format(Counts.Milliseconds(percentile.Value), "F2")),
        ]);
        console.Write(table);
        if (Counts.Errors is { Length: > 0 } kinds)
        {
            var errors = Screen.NewTable("Error", "Count");
            foreach (var (kind, count) in kinds)
            {
                errors.Add(kind, Format(count, "F0"));
            }

            console.Write(errors);
        }
    }

    /// <summary>Writes the figures; latencies in milliseconds from when each request was due.</summary>
    public void WriteJson(Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("url", Options.Url.ToString());
        json.WriteNumber("rate", Options.Rate);
        json.WriteNumber("rate_reached", RateReached);
        json.WriteNumber("seconds", Elapsed.TotalSeconds);
        json.WriteNumber("connections", Options.Connections);
        json.WriteNumber("customers", Options.Customers);
        json.WriteNumber("scored", Counts.Succeeded);
        json.WriteNumber("failed", Counts.Failed);
        json.WriteStartObject("latency_ms");
        foreach (var (name, value) in Percentiles)
        {
            json.WriteNumber(name, Counts.Milliseconds(value));
        }

        json.WriteEndObject();
        json.WriteStartObject("errors");
        foreach (var (kind, count) in Counts.Errors)
        {
            json.WriteNumber(kind, count);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
