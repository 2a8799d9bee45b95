using System.Globalization;
using System.Text.RegularExpressions;
using Levee.Embedded;
using Npgsql;

namespace Levee.Bench.Import;

/// <summary>
/// <c>levee import</c> of a file of history, rows, 1-minute rows and states, into an empty database each time; then <c>levee parity</c> on what
/// the last one stored.
/// </summary>
internal sealed partial class ImportBenchmark(BenchArguments arguments) : IBenchmark
{
    // The handbook's 1,169,723 rows in a minute.
    private const double LeastRowsASecond = 1_169_723 / 60.0;
    private const double MostMegabytes = 512;
    private const int ParityRows = 10_000;

    // What PostgreSQL has by itself, where the embedded server has more.
    private static readonly Dictionary<string, string> ServerDefaults = new() { ["shared_buffers"] = "128MB", ["max_wal_size"] = "1GB" };

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        if (arguments.DataFile is not { } file || !File.Exists(file))
        {
            throw new BenchException(
                "import needs transactions: give --data FILE, CSV, CSV.gz or Parquet with the product's columns.", ExitCodes.NotMeasured);
        }

        using var folder = new WorkFolder();
        await using var postgres = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = Path.Combine(folder.Data, "postgres"), RemoveOnExit = true, Settings = ServerDefaults }, stop);
        var (seconds, speeds, memory) = (new List<double>(), new List<double>(), new List<double>());
        var target = "";
        for (var round = 1; round <= arguments.Rounds; round++)
        {
            target = await NewDatabaseAsync(postgres.ConnectionString, round, stop);
            var import = await LeveeCommand.RunAsync(arguments.Root, ["import", file, "--postgres", target], stop);
            var rows = Number(RowsAdded(), import.Output);
            seconds.Add(import.Elapsed.TotalSeconds);
            speeds.Add(rows / import.Elapsed.TotalSeconds);
            memory.Add(import.PeakMegabytes);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round}: {rows:N0} rows in {import.Elapsed.TotalSeconds:0.0} s, at most {import.PeakMegabytes:0} MiB"));
        }

        var parity = await LeveeCommand.RunAsync(
            arguments.Root, ["parity", "--rows", ParityRows.ToString(CultureInfo.InvariantCulture), "--postgres", target], stop);
        return new Report
        {
            What = "import",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                Comparison.Info("the whole command", new Measure("s", seconds)),
                Comparison.AtLeast("rows/s, with backfill", new Measure("/s", speeds), Math.Ceiling(LeastRowsASecond)),
                Comparison.AtMost("its highest resident memory", new Measure("MiB", memory), MostMegabytes),
                Comparison.AtLeast("vectors that levee parity compared afterwards", new Measure("", [Number(Vectors(), parity.Output)]), ParityRows),
                Comparison.AtMost("mismatches among them", new Measure("", [Number(Mismatches(), parity.Output)]), 0),
            ],
            Protocol =
            [
                $"{Path.GetFileName(file)}, from the start of the process to its end, into an empty database each time; PostgreSQL with its default settings, fsync on.",
                "Rows, 1-minute rows, and the states of all customers and merchants. The budget is a minute for the handbook's 1,169,723 rows.",
                $"levee parity --rows {ParityRows} after the last round: vectors recomputed by the naive oracle, compared by float bits.",
            ],
        };
    }

    private static async Task<string> NewDatabaseAsync(string server, int round, CancellationToken stop)
    {
        var name = $"import_{round}";
        await using var source = NpgsqlDataSource.Create(server);
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync(stop);
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    private static double Number(Regex pattern, string output) => pattern.Match(output) is { Success: true } found
        ? double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture)
        : throw new BenchException($"levee did not say what was expected:\n{output}");

    [GeneratedRegex(@"(\d+) rows added")]
    private static partial Regex RowsAdded();

    [GeneratedRegex(@"(\d+) vectors of stored transactions compared")]
    private static partial Regex Vectors();

    [GeneratedRegex(@"(\d+) mismatches")]
    private static partial Regex Mismatches();
}
