using Npgsql;

namespace Levee.Embedded.Tests;

public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("levee-embedded-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task DataIsThereAgainAfterStopAndNextStart()
    {
        await using (var first = await EmbeddedPostgres.StartAsync(Options()))
        {
            await ExecuteAsync(first, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)");
        }

        await using var second = await EmbeddedPostgres.StartAsync(Options());
        Assert.Equal(7, await ReadAsync<int>(second, "SELECT id FROM kept"));
        Assert.Equal("on", await ReadAsync<string>(second, "SHOW fsync"));
    }

    [Fact]
    public async Task CommittedRowsSurviveKillAndRestartKeepsThePort()
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(Options());
        var port = postgres.Port;
        await ExecuteAsync(postgres, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id");
        await postgres.KillAsync();
        Assert.Null(postgres.ProcessId);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ReadAsync<long>(postgres, "SELECT count(*) FROM kept"));

        await postgres.RestartAsync();
        Assert.Equal(port, postgres.Port);
        Assert.Equal(1000L, await ReadAsync<long>(postgres, "SELECT count(*) FROM kept"));
    }

    [Fact]
    public async Task FreshDatabasesAreEmptyAndApart()
    {
        var one = await TestPostgres.CreateDatabaseAsync();
        var other = await TestPostgres.CreateDatabaseAsync();
        await using (var connection = new NpgsqlConnection(one))
        {
            await connection.OpenAsync();
            await new NpgsqlCommand("CREATE TABLE mine (id int)", connection).ExecuteNonQueryAsync();
        }

        await using var second = new NpgsqlConnection(other);
        await second.OpenAsync();
        Assert.Equal(DBNull.Value, await new NpgsqlCommand("SELECT to_regclass('mine')::text", second).ExecuteScalarAsync());
    }

    private EmbeddedPostgresOptions Options() => new() { DataDirectory = Path.Combine(_folder, "data") };

    private static async Task ExecuteAsync(EmbeddedPostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await new NpgsqlCommand(sql, connection).ExecuteNonQueryAsync();
    }

    private static async Task<T> ReadAsync<T>(EmbeddedPostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        return (T)(await new NpgsqlCommand(sql, connection).ExecuteScalarAsync())!;
    }
}
