using Npgsql;

namespace Levee.Embedded.Tests;

public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"levee-pg-{Guid.NewGuid():N}");

    [Fact]
    public async Task Keeps_data_across_stop_start_and_crash()
    {
        await using (var first = await EmbeddedPostgres.StartAsync(Options()))
        {
            await ExecuteAsync(first.ConnectionString, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
            await first.KillAsync();
            NpgsqlConnection.ClearAllPools();
            await first.RestartAsync();
            await ExecuteAsync(first.ConnectionString, "INSERT INTO kept VALUES (2)");
        }

        await using var second = await EmbeddedPostgres.StartAsync(Options());
        Assert.Equal(3L, await ExecuteAsync(second.ConnectionString, "SELECT sum(n) FROM kept"));
        Assert.Equal("on", await ExecuteAsync(second.ConnectionString, "SHOW fsync"));
    }

    [Fact]
    public async Task A_second_instance_on_the_folder_is_refused_in_one_sentence()
    {
        await using var first = await EmbeddedPostgres.StartAsync(Options());

        var refused = await Assert.ThrowsAsync<EmbeddedServerException>(() => EmbeddedPostgres.StartAsync(Options()));

        Assert.Contains("in use by another Levee process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        await using var first = await EmbeddedPostgres.StartAsync(Options());

        var refused = await Assert.ThrowsAsync<EmbeddedServerException>(() => EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = _folder + "-other", Port = first.Port }));

        Assert.Contains($"Port {first.Port}", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var folder in new[] { _folder, _folder + "-other" })
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private EmbeddedPostgresOptions Options() => new() { DataDirectory = _folder };

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
