using System.Diagnostics;
using System.Globalization;
using Levee.Embedded.Tests.Support;
using Levee.Testing;

namespace Levee.Embedded.Tests;

/// <summary>The cluster's host is a process of its own here, and is killed.</summary>
public sealed class EmbeddedPostgresProcessTests(TemporaryFolder folder) : IClassFixture<TemporaryFolder>
{
    private const string Insert = "CREATE TABLE IF NOT EXISTS kept (id serial); INSERT INTO kept DEFAULT VALUES RETURNING id";
    private const string Newest = "SELECT max(id) FROM kept";

    [Fact]
    public async Task A_killed_host_takes_its_server_along_and_loses_nothing()
    {
        using var host = await HostProcess.StartAsync(folder["data"]);
        var committed = await Sql.RunAsync(host.ConnectionString, Insert);
        Assert.NotEqual(Session(Environment.ProcessId), Session(host.ServerProcessId));

        await host.KillAsync();
        await Eventually.HoldsAsync(() => !Runs(host.ServerProcessId), "the server ends after its host");

        await using var next = await StartAsync();
        Assert.Equal(committed, await Sql.RunAsync(next.ConnectionString, Newest));
    }

    [Fact]
    public async Task The_next_start_need_not_wait_for_a_killed_hosts_server()
    {
        using var host = await HostProcess.StartAsync(folder["data"]);
        var committed = await Sql.RunAsync(host.ConnectionString, Insert);
        await host.KillAsync();

        await using var next = await StartAsync();
        Assert.Equal(committed, await Sql.RunAsync(next.ConnectionString, Newest));
        Assert.False(Runs(host.ServerProcessId));
    }

    [Fact]
    public async Task A_server_that_nobody_watches_is_replaced()
    {
        using var host = await HostProcess.StartAsync(folder["data"]);
        var committed = await Sql.RunAsync(host.ConnectionString, Insert);

        // The script that supervises it, and its part that waits for the host's end.
        var supervisor = Parent(host.ServerProcessId);
        int[] watching = [.. Children(supervisor).Where(child => child != host.ServerProcessId), supervisor];
        Assert.Equal(2, watching.Length);
        Array.ForEach(watching, processId => Process.GetProcessById(processId).Kill());
        await host.KillAsync();
        Assert.True(Runs(host.ServerProcessId));

        await using var next = await StartAsync();
        Assert.Equal(committed, await Sql.RunAsync(next.ConnectionString, Newest));
        Assert.False(Runs(host.ServerProcessId));
    }

    [Fact]
    public async Task A_process_number_that_now_belongs_to_another_is_no_server()
    {
        await using (var first = await StartAsync())
        {
            await first.StopAsync();
            await File.WriteAllTextAsync(
                Path.Combine(first.ClusterDirectory, "postmaster.pid"),
                $"{Environment.ProcessId}\n{first.ClusterDirectory}\n1700000000\n{first.Port}\n\n127.0.0.1\n        1         1\nready   \n");
        }

        await using var next = await StartAsync();
        Assert.Equal(1, await Sql.RunAsync(next.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task Temporary_data_goes_away_with_a_killed_host()
    {
        // In a folder that, as root, PostgreSQL's user can neither enter nor change.
        using var closed = new TemporaryFolder("700");
        using var host = await HostProcess.StartAsync(closed["data"], temporary: true);
        var cluster = (string)(await Sql.RunAsync(host.ConnectionString, "SHOW data_directory"))!;
        await host.KillAsync();
        await Eventually.HoldsAsync(() => !Directory.Exists(Path.GetDirectoryName(cluster)), "the folder is removed");
    }

    [Fact]
    public async Task An_ordinary_user_needs_no_other()
    {
        // As root: as user nobody, from a copy of the programs that it can read.
        var other = Environment.IsPrivilegedProcess;
        string[]? launcher = other ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] : null;
        using var open = new TemporaryFolder("777");
        var programs = other ? CopyPrograms(open["programs"]) : null;

        using var host = await HostProcess.StartAsync(open["data"], launcher: launcher, programFolder: programs);
        Assert.Equal(1, await Sql.RunAsync(host.ConnectionString, "SELECT 1"));
        Assert.Equal(0, await host.EndAsync());
        Assert.False(Runs(host.ServerProcessId));
    }

    [Fact]
    public async Task Missing_programs_are_named_with_their_package()
    {
        using var host = await HostProcess.StartAsync(folder["data"], environment: new() { ["LEVEE_PG_BIN"] = folder["nowhere"] });
        Assert.Contains($"not in {folder["nowhere"]}", host.FirstLine, StringComparison.Ordinal);
        Assert.Contains("apt-get install postgresql", host.FirstLine, StringComparison.Ordinal);
    }

    private Task<EmbeddedPostgres> StartAsync() => EmbeddedPostgres.StartAsync(folder.Options);

    private static string CopyPrograms(string target)
    {
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(AppContext.BaseDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return target;
    }

    // A process that ended but was not yet waited for is a zombie.
    private static bool Runs(int processId) => Stat(processId) is { } fields && fields[0] != "Z";

    private static int Parent(int processId) => int.Parse(Stat(processId)![1], CultureInfo.InvariantCulture);

    private static IEnumerable<int> Children(int processId) => Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
        .Where(child => Stat(child) is { } fields && fields[1] == processId.ToString(CultureInfo.InvariantCulture));

    private static string Session(int processId) => Stat(processId)![3];

    // State, parent, group, session, ...
    private static string[]? Stat(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/stat").Split(") ")[1].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
