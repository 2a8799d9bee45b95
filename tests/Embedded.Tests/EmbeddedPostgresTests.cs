using Levee.Embedded.Tests.Support;
using Npgsql;

namespace Levee.Embedded.Tests;

public sealed class EmbeddedPostgresTests(TemporaryFolder folder) : IClassFixture<TemporaryFolder>
{
    [Fact]
    public async Task Data_is_there_again_after_a_stop_and_the_next_start()
    {
        await using (var first = await StartAsync())
        {
            await Sql.RunAsync(first.ConnectionString, "CREATE TABLE kept AS SELECT 7 AS id");
            await first.StopAsync();
            Assert.Null(first.ProcessId);
            await first.StopAsync();
        }

        await using var second = await StartAsync();
        Assert.Equal(7, await Sql.RunAsync(second.ConnectionString, "SELECT id FROM kept"));
        Assert.Equal("on", await Sql.RunAsync(second.ConnectionString, "SHOW fsync"));
        Assert.Equal("127.0.0.1", await Sql.RunAsync(second.ConnectionString, "SHOW listen_addresses"));
    }

    [Fact]
    public async Task Committed_rows_survive_a_crash_and_a_restart_keeps_the_port()
    {
        await using var postgres = await StartAsync();
        var port = postgres.Port;
        await Sql.RunAsync(postgres.ConnectionString, "CREATE TABLE many AS SELECT generate_series(1, 1000) AS id");
        await postgres.KillAsync();
        Assert.Null(postgres.ProcessId);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Sql.RunAsync(postgres.ConnectionString, "SELECT 1"));

        await postgres.RestartAsync();
        Assert.Equal(port, postgres.Port);
        Assert.Equal(1000L, await Sql.RunAsync(postgres.ConnectionString, "SELECT count(*) FROM many"));

        await postgres.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => postgres.RestartAsync());
    }

    [Fact]
    public async Task The_password_is_needed_and_only_we_can_read_it()
    {
        var postgres = await TestPostgres.ServerAsync();
        var wrong = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Password = "wrong" }.ConnectionString;
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Sql.RunAsync(wrong, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        var password = Path.Combine(Path.GetDirectoryName(postgres.ClusterDirectory)!, "password");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(password));
    }

    // As root this is a checkout under /root: PostgreSQL's user cannot get to the data folder.
    [Fact]
    public async Task A_folder_that_only_we_may_enter_works_and_is_reused()
    {
        using var closed = new TemporaryFolder("700");
        var options = new EmbeddedPostgresOptions { DataDirectory = closed["data"], Durable = false };
        string cluster;
        await using (var first = await EmbeddedPostgres.StartAsync(options))
        {
            cluster = first.ClusterDirectory;
            await Sql.RunAsync(first.ConnectionString, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)");
        }

        await using (var second = await EmbeddedPostgres.StartAsync(options))
        {
            Assert.Equal(cluster, second.ClusterDirectory);
            Assert.Equal(7, await Sql.RunAsync(second.ConnectionString, "SELECT id FROM kept"));
        }

        // To begin anew people remove the data folder, and with it goes what was kept elsewhere.
        Directory.Delete(closed["data"], recursive: true);
        await using var third = await EmbeddedPostgres.StartAsync(options);
        Assert.Equal(DBNull.Value, await Sql.RunAsync(third.ConnectionString, "SELECT to_regclass('kept')::text"));
        Assert.True(cluster == third.ClusterDirectory || !Directory.Exists(cluster));
    }

    [Fact]
    public async Task Settings_and_database_are_the_callers_and_an_interrupted_first_start_does_not_matter()
    {
        Directory.CreateDirectory(folder["mine/cluster.new-1234/base"]);
        await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions
        {
            DataDirectory = folder["mine"],
            Database = "a \"strange\" name",
            Durable = false,
            Settings = new Dictionary<string, string> { ["work_mem"] = "7MB" },
        });
        Assert.Equal("a \"strange\" name", await Sql.RunAsync(postgres.ConnectionString, "SELECT current_database()::text"));
        Assert.Equal("7MB", await Sql.RunAsync(postgres.ConnectionString, "SHOW work_mem"));
        Assert.Equal("off", await Sql.RunAsync(postgres.ConnectionString, "SHOW fsync"));
        Assert.False(Directory.Exists(folder["mine/cluster.new-1234"]));
    }

    [Fact]
    public async Task A_setting_that_the_server_refuses_is_named()
    {
        var options = new EmbeddedPostgresOptions
        {
            DataDirectory = folder["data"],
            Settings = new Dictionary<string, string> { ["work_mem"] = "a lot" },
        };
        var refused = await Assert.ThrowsAsync<EmbeddedServerException>(() => EmbeddedPostgres.StartAsync(options));
        Assert.Contains("invalid value for parameter \"work_mem\"", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task Fresh_test_databases_are_empty_and_apart()
    {
        var one = await TestPostgres.CreateDatabaseAsync();
        var other = await TestPostgres.CreateDatabaseAsync();
        await Sql.RunAsync(one, "CREATE TABLE mine (id int)");
        Assert.Equal(DBNull.Value, await Sql.RunAsync(other, "SELECT to_regclass('mine')::text"));
    }

    private Task<EmbeddedPostgres> StartAsync() => EmbeddedPostgres.StartAsync(folder.Options);
}
