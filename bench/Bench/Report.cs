using System.Text.Encodings.Web;
using System.Text.Json;

namespace Levee.Bench;

/// <summary>Everything that a run found out, and where it goes: the screen, a JSON file, a table to commit.</summary>
internal sealed record Report
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // Read by people: >= stays >=.
    };

    public required string What { get; init; }

    public required DateTimeOffset MeasuredAt { get; init; }

    public required Machine Machine { get; init; }

    public required IReadOnlyList<Comparison> Lines { get; init; }

    /// <summary>A second table, for what has more than one figure; null when there is none.</summary>
    public DetailTable? Details { get; init; }

    /// <summary>How it was measured, sentence by sentence.</summary>
    public required IReadOnlyList<string> Protocol { get; init; }

    /// <summary>Why this run cannot say anything: the baseline itself was far below its floor. Null when it can.</summary>
    public string? TooBusy { get; init; }

    public int ExitCode =>
        TooBusy is not null ? ExitCodes.TooBusy : Lines.Any(line => line.Met == false) ? ExitCodes.NotMet : ExitCodes.Met;

    public void Publish(BenchArguments arguments)
    {
        Console.WriteLine();
        Console.WriteLine(ReportTable.Text(this));
        if (arguments.JsonFile is { } file)
        {
            File.WriteAllText(file, JsonSerializer.Serialize(this, Json) + "\n");
            Console.WriteLine($"Raw figures: {file}");
        }

        if (arguments.Save)
        {
            var folder = Directory.CreateDirectory(Path.Combine(arguments.Root, "bench", "results")).FullName;
            var path = Path.Combine(folder, $"{MeasuredAt:yyyy-MM-dd}-{What}.md");
            File.WriteAllText(path, ReportTable.Markdown(this));
            Console.WriteLine($"Table: {path}");
        }
    }
}
