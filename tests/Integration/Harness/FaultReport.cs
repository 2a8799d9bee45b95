using System.Globalization;
using System.Text;

namespace Levee.Integration.Harness;

/// <summary>What the faults cost, as a table.</summary>
internal sealed class FaultReport
{
    private readonly List<(string Fault, string Result)> _rows = [];

    /// <summary>Adds a row.</summary>
    /// <param name="fault">What was done.</param>
    /// <param name="result">What came of it.</param>
    public void Add(string fault, string result) => _rows.Add((fault, result));

    /// <summary>Appends the table with the machine and the date.</summary>
    /// <param name="file">The file.</param>
    /// <param name="title">Its heading.</param>
    public Task WriteAsync(string file, string title)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {title}");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Machine()}, .NET {Environment.Version}.");
        text.AppendLine();
        text.AppendLine("| fault | result |");
        text.AppendLine("| --- | --- |");
        foreach (var (fault, result) in _rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {fault} | {result} |");
        }

        return File.AppendAllTextAsync(file, text.AppendLine().ToString());
    }

    private static string Machine()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
        return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores of {model ?? "an unnamed processor"}, {memory} GiB");
    }
}
