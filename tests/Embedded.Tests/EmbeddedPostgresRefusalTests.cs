using Levee.Embedded.Postgres;
using Levee.Embedded.Tests.Support;

namespace Levee.Embedded.Tests;

public sealed class EmbeddedPostgresRefusalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_instance_on_the_folder_is_refused_and_the_first_lives_on()
    {
        var first = await TestPostgres.ServerAsync();
        var refused = await RefusedAsync(new EmbeddedPostgresOptions { DataDirectory = Path.GetDirectoryName(first.ClusterDirectory)! });
        Assert.Contains("is used by another Levee process", refused, StringComparison.Ordinal);
        Assert.Equal(1, await Sql.RunAsync(first.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_copied_data_folder_does_not_get_at_a_cluster_that_is_elsewhere()
    {
        var first = await TestPostgres.ServerAsync();
        Directory.CreateDirectory(_folder["copy"]);
        await File.WriteAllTextAsync(_folder["copy/location"], first.ClusterDirectory);

        var refused = await RefusedAsync(Options("copy"));
        File.Delete(_folder["copy/location"]);

        Assert.Contains("is used by another Levee process", refused, StringComparison.Ordinal);
        Assert.Equal(1, await Sql.RunAsync(first.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        var first = await TestPostgres.ServerAsync();
        Assert.Contains($"Port {first.Port} of 127.0.0.1 is taken", await RefusedAsync(Options("data", first.Port)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_named()
    {
        var options = new EmbeddedPostgresOptions { DataDirectory = _folder["data"], MinimumFreeBytes = long.MaxValue };
        Assert.Contains($"The disk of {_folder["data"]} is full", await RefusedAsync(options), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_of_another_version_is_named()
    {
        Directory.CreateDirectory(_folder["data/cluster"]);
        await File.WriteAllTextAsync(_folder["data/cluster/PG_VERSION"], "9\n");
        Assert.Contains("The data was made by PostgreSQL 9, only", await RefusedAsync(Options("data")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_password_is_named()
    {
        var server = await TestPostgres.ServerAsync();
        var version = await File.ReadAllTextAsync(Path.Combine(server.ClusterDirectory, "PG_VERSION"));
        Directory.CreateDirectory(_folder["data/cluster"]);
        await File.WriteAllTextAsync(_folder["data/cluster/PG_VERSION"], version);
        Assert.Contains($"{_folder["data/password"]} was removed", await RefusedAsync(Options("data")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_folders_place_is_named()
    {
        await File.WriteAllTextAsync(_folder["data"], "");
        Assert.Contains($"The data folder {_folder["data"]} cannot be used", await RefusedAsync(Options("data")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_out_of_range_are_named()
    {
        EmbeddedPostgresOptions[] wrong =
        [
            new() { DataDirectory = " " },
            new() { DataDirectory = "x", Port = 65536 },
            new() { DataDirectory = "x", Port = -1 },
            new() { DataDirectory = "x", Database = "" },
            new() { DataDirectory = "x", Database = new string('x', 64) },
            new() { DataDirectory = "x", StartTimeout = TimeSpan.Zero },
            new() { DataDirectory = "x", StopTimeout = TimeSpan.FromHours(1) },
            new() { DataDirectory = "x", MinimumFreeBytes = -1 },
        ];
        foreach (var options in wrong)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => EmbeddedPostgres.StartAsync(options));
            Assert.Contains("EmbeddedPostgresOptions.", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("FATAL:  could not write to file \"pg_wal/xlogtemp.12\": No space left on device", "The disk of /data is full")]
    [InlineData("LOG:  could not bind IPv4 address \"127.0.0.1\": Address already in use\nFATAL:  could not create any TCP/IP sockets", "Port 5 of")]
    [InlineData("FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use", "Another PostgreSQL server still uses")]
    [InlineData("2026-01-01 UTC [9] LOG:  starting\n2026-01-01 UTC [9] PANIC:  could not locate a valid checkpoint record\n", ": could not locate a")]
    [InlineData("", "without giving a reason")]
    public void The_servers_last_words_become_a_sentence(string log, string expected) =>
        Assert.Contains(expected, ServerLog.Explain(log, "/data", 5, "/data/server.log"), StringComparison.Ordinal);

    private static async Task<string> RefusedAsync(EmbeddedPostgresOptions options) =>
        (await Assert.ThrowsAsync<EmbeddedServerException>(() => EmbeddedPostgres.StartAsync(options))).Message;

    private EmbeddedPostgresOptions Options(string name, int port = 0) => new() { DataDirectory = _folder[name], Port = port, Durable = false };
}
