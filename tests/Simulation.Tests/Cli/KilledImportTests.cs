using System.Diagnostics;
using System.Globalization;
using Levee.Cli;
using Levee.Embedded;
using Levee.Storage;
using Levee.Testing;
using Npgsql;

namespace Levee.Simulation.Tests.Cli;

public sealed class KilledImportTests : IDisposable
{
    private const int Rows = 600;
    private const string Waiting = "SELECT count(*)::text FROM merchant_imports WHERE version IS NULL";

    private const string Busy =
        "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";

    // All that an import leaves, but for when.
    private static readonly string[] Contents =
    [
        "SELECT md5(string_agg(concat_ws(' ', transaction_id, merchant_id, amount, event_time, is_fraud, customer_sequence), ',' " +
            "ORDER BY transaction_id)) FROM transactions",
        "SELECT md5(string_agg(concat_ws(' ', customer_id, window_start, transaction_count, avg_amount, fraud_count), ',' " +
            "ORDER BY customer_id, window_start)) FROM features",
        "SELECT md5(string_agg(concat_ws(' ', customer_id, sequence, state), ',' ORDER BY customer_id)) FROM customer_state",
        "SELECT md5(string_agg(concat_ws(' ', merchant_id, sequence, state), ',' ORDER BY merchant_id)) FROM merchant_state",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("levee-killed-import-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_import_that_is_killed_twice_is_completed_by_the_third()
    {
        var file = Path.Combine(_folder, "history.csv");
        await File.WriteAllLinesAsync(file, Lines());
        var (whole, killed) = (await TestPostgres.CreateDatabaseAsync(), await TestPostgres.CreateDatabaseAsync());
        Assert.Equal(ExitCodes.Success, (await Run.Of("import", file, "--postgres", whole)).Code);
        await using var source = NpgsqlDataSource.Create(killed);
        await new LeveeDatabase(source).MigrateAsync(CancellationToken.None);

        // While the customers are written: their portion is not there, and the merchants wait for it.
        await KillWhileItWaitsForAsync("features", file, killed, source);
        Assert.Equal("0", await ScalarAsync(source, "SELECT count(*)::text FROM transactions"));
        Assert.NotEqual("0", await ScalarAsync(source, Waiting));

        // While the merchants are written: all rows are there, and no merchant knows of them.
        await KillWhileItWaitsForAsync("merchant_state", file, killed, source);
        Assert.Equal($"{Rows}", await ScalarAsync(source, "SELECT count(*)::text FROM transactions"));
        Assert.Equal("0", await ScalarAsync(source, "SELECT count(*)::text FROM merchant_state"));
        Assert.NotEqual("0", await ScalarAsync(source, Waiting));

        var completed = await Run.Of("import", file, "--postgres", killed);
        Assert.True(completed.Code == ExitCodes.Success, completed.Error);
        Assert.Equal("0", await ScalarAsync(source, Waiting));
        await using var complete = NpgsqlDataSource.Create(whole);
        foreach (var content in Contents)
        {
            Assert.Equal(await ScalarAsync(complete, content), await ScalarAsync(source, content));
        }

        var same = await Run.WithFeaturesAsync("All", "parity", "--rows", "100", "--postgres", killed);
        Assert.True(same.Code == ExitCodes.Success, same.Output + same.Error);
        Assert.Contains(" 0 mismatches.", same.Output, StringComparison.Ordinal);
        var unknown = await Run.WithFeaturesAsync("Most", "parity", "--rows", "100", "--postgres", killed);
        Assert.Equal(ExitCodes.Failure, unknown.Code);
        Assert.Contains("Levee:Features:List", unknown.Error, StringComparison.Ordinal);
    }

    // A lock on a table holds the process at a place of its work that does not depend on time; then it is killed.
    private static async Task KillWhileItWaitsForAsync(string table, string file, string database, NpgsqlDataSource source)
    {
        await using var blocker = await source.OpenConnectionAsync();
        await using var held = await blocker.BeginTransactionAsync();
        await using (var block = new NpgsqlCommand($"LOCK TABLE {table} IN EXCLUSIVE MODE", blocker, held))
        {
            await block.ExecuteNonQueryAsync();
        }

        var start = new ProcessStartInfo("dotnet", [typeof(ExitCodes).Assembly.Location, "import", file, "--postgres", database])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Eventually.HoldsAsync(
            async () =>
            {
                Assert.False(process.HasExited, process.HasExited ? string.Concat(await said) : "");
                return await ScalarAsync(source, $"SELECT count(*)::text FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass") != "0";
            },
            $"the import waits for {table}",
            TimeSpan.FromSeconds(90));
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None).WaitAsync(Eventually.Limit);
        await held.RollbackAsync();

        // The server notices that its client is gone once it may go on.
        await Eventually.HoldsAsync(async () => await ScalarAsync(source, Busy) == "0");
    }

    private static IEnumerable<string> Lines()
    {
        var start = new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);
        return Enumerable.Range(0, Rows)
            .Select(n => string.Create(
                CultureInfo.InvariantCulture,
                $"{1 + (n % 12)},{start.AddHours(2 * n):O},{1 + (n % 5)},{(n % 9 == 0 ? 1 : 0)},{1 + (n * 7_919 % 99_999 / 100m)}"))
            .Prepend("customer_id,timestamp,merchant_id,is_fraud,amount");
    }

    private static async Task<string> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
