using System.Diagnostics;
using System.Globalization;

namespace Levee.Embedded;

/// <summary>The running server, behind a shell that watches over it.</summary>
/// <remarks>
/// The shell holds one end of a pipe whose other end is ours. When we end, however we end, the pipe closes, and the shell stops the server:
/// no server outlives its owner. It runs in a session of its own, so that Ctrl-C in the terminal reaches us and not the server.
/// </remarks>
internal sealed class PostgresServer
{
    // $1: folder to delete afterwards, or empty. $2: log. The rest: the server's command line.
    private const string Watcher =
        """
        remove=$1; log=$2; shift 2
        exec 3<&0
        "$@" </dev/null >"$log" 2>&1 3<&- &
        server=$!
        { cat >/dev/null; kill -INT "$server" 2>/dev/null; } <&3 &
        wait "$server"
        if [ -n "$remove" ]; then rm -rf "$remove"; fi
        """;

    private readonly Process _watcher;

    private PostgresServer(Process watcher) => _watcher = watcher;

    public bool HasExited => _watcher.HasExited;

    public static PostgresServer Start(PostgresPrograms programs, PostgresFolder folder, int port, EmbeddedPostgresOptions options)
    {
        List<string> command =
        [
            "setsid", "sh", "-c", Watcher, "levee-postgres", folder.RemoveOnExit ?? "", folder.LogFile,
            programs.Server, "-D", folder.ClusterDirectory, "-p", port.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (var setting in Settings(options))
        {
            command.Add("-c");
            command.Add(setting);
        }

        var info = folder.Account.StartInfo(command);
        info.RedirectStandardInput = true;
        return new PostgresServer(Process.Start(info)!);
    }

    /// <summary>Closes the pipe and waits; what does not end in time is killed.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        using var timeout = new CancellationTokenSource(within);
        try
        {
            _watcher.StandardInput.Close();
            await _watcher.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _watcher.Kill(entireProcessTree: true);
        }
        catch (IOException)
        {
            // The pipe is broken: the watcher has ended already.
        }

        _watcher.Dispose();
    }

    private static IEnumerable<string> Settings(EmbeddedPostgresOptions options)
    {
        yield return "listen_addresses=127.0.0.1";
        yield return "unix_socket_directories=";
        yield return "max_connections=250";
        yield return "shared_buffers=128MB";
        yield return "max_wal_size=2GB";
        yield return "timezone=UTC";

        // A process that froze in a transaction must not hold its row locks for long.
        yield return "idle_in_transaction_session_timeout=10s";
        yield return options.Durable ? "fsync=on" : "fsync=off";
        if (!options.Durable)
        {
            yield return "synchronous_commit=off";
            yield return "full_page_writes=off";
        }
    }
}
