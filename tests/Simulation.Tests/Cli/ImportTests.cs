using System.Globalization;
using Levee.Cli;
using Levee.Embedded;
using Npgsql;

namespace Levee.Simulation.Tests.Cli;

public sealed class ImportTests : IDisposable
{
    private const string Columns = "customer_id=CARD,merchant_id=SHOP,amount=TX_AMOUNT,timestamp=TX_TIME,is_fraud=TX_FRAUD";

    private readonly string _folder = Directory.CreateTempSubdirectory("levee-import-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_becomes_history_once_then_a_data_set_and_parity_finds_what_is_changed()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        var (file, rejects) = (Path.Combine(_folder, "history.csv"), Path.Combine(_folder, "rejects.csv"));
        await WriteAsync(file, 400);

        var imported = await Run.Of("import", file, "--columns", Columns, "--time-zone", "Europe/Paris", "--rejects", rejects, "--postgres", database);
        Assert.True(imported.Code == ExitCodes.Success, imported.Error);
        Assert.Contains("has no column for: transaction_id (made of the row), currency (EUR)", imported.Output, StringComparison.Ordinal);
        Assert.Contains("400 rows added, 0 stored already, 2 rejected; 7 customers and 5 merchants", imported.Output, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(rejects);
        Assert.Equal("file,row,field,reason", lines[0]);
        Assert.StartsWith($"{file},401,amount,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith($"{file},402,timestamp,", lines[2], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);

        // Noon in Paris in winter.
        Assert.Equal("2026-01-01 11:00:00", await ScalarAsync(database, "SELECT to_char(min(event_time) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') FROM transactions"));

        var again = await Run.Of("import", file, "--columns", Columns, "--time-zone", "Europe/Paris", "--postgres", database);
        Assert.Equal(ExitCodes.Success, again.Code);
        Assert.Contains("Nothing changed: 400 rows were stored already, 2 were rejected.", again.Output, StringComparison.Ordinal);

        var built = await Run.Of("datasets", "build", "--as-of", "2026-02-25T00:00:00Z", "--postgres", database, "--data", _folder);
        Assert.True(built.Code == ExitCodes.Success, built.Error);
        var snapshot = Assert.Single(Directory.GetFiles(Path.Combine(_folder, "snapshots"), "*.parquet"));
        Assert.Contains(snapshot, built.Output, StringComparison.Ordinal);
        var listed = await Run.Of("datasets", "list", "--postgres", database, "--data", _folder);
        Assert.Contains(Path.GetFileNameWithoutExtension(snapshot), listed.Output, StringComparison.Ordinal);
        var rows = await ScalarAsync(database, "SELECT count(*)::text FROM training_features");
        Assert.Contains($"{rows} rows (", built.Output, StringComparison.Ordinal);

        var same = await Run.Of("parity", "--rows", "400", "--postgres", database);
        Assert.True(same.Code == ExitCodes.Success, same.Output);
        Assert.Contains(" 0 mismatches.", same.Output, StringComparison.Ordinal);

        // To compare nothing shows nothing.
        var nothing = await Run.Of("parity", "--since", "2026-01-01T00:00:00Z", "--postgres", database);
        Assert.Equal(ExitCodes.Failure, nothing.Code);
        Assert.Contains("0 predictions compared", nothing.Output, StringComparison.Ordinal);

        await ScalarAsync(
            database,
            """
            UPDATE transactions SET base_amount = base_amount + 0.01
            WHERE transaction_id = (SELECT transaction_id FROM training_features ORDER BY event_time DESC LIMIT 1) RETURNING 'x'
            """);
        var different = await Run.Of("parity", "--rows", "400", "--postgres", database);
        Assert.Equal(ExitCodes.Failure, different.Code);
        Assert.Contains("training_features", different.Output, StringComparison.Ordinal);
        Assert.Contains("customer_state", different.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_one_sentence()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        var file = Path.Combine(_folder, "history.csv");
        await WriteAsync(file, 1);

        var missing = await Run.Of("import", Path.Combine(_folder, "none.csv"), "--postgres", database);
        Assert.Equal(ExitCodes.Failure, missing.Code);
        Assert.StartsWith("levee: There is no file", missing.Error, StringComparison.Ordinal);

        var column = await Run.Of("import", file, "--columns", "amount=NOWHERE", "--postgres", database);
        Assert.Equal(ExitCodes.Failure, column.Code);
        Assert.Contains("no column", column.Error, StringComparison.Ordinal);

        var nothing = await Run.Of("parity", "--postgres", database);
        Assert.Equal(ExitCodes.Usage, nothing.Code);
        Assert.Contains("--since TIME, --rows N", nothing.Error, StringComparison.Ordinal);
    }

    // Rows in no order of time, and two that are none.
    private static async Task WriteAsync(string file, int count)
    {
        var random = new Random(4);
        var numbers = Enumerable.Range(0, count).ToArray();
        random.Shuffle(numbers);
        var start = new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Unspecified);
        await File.WriteAllLinesAsync(
            file,
            [
                "CARD,TX_TIME,SHOP,TX_FRAUD,TX_AMOUNT",
                .. numbers.Select(n => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{1 + (n % 7)},{start.AddHours(3 * n):yyyy-MM-dd HH:mm:ss},{1 + (n % 5)},{(n % 9 == 0 ? 1 : 0)},{1 + random.Next(99_999) / 100m}")),
                "1,2026-01-05 12:00:00,1,0,-5",
                "1,yesterday,1,0,5",
            ]);
    }

    private static async Task<string> ScalarAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
