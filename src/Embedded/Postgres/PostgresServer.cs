using System.Diagnostics;
using System.Globalization;
using Levee.Embedded.Processes;

namespace Levee.Embedded.Postgres;

/// <summary>
/// One run of the server under a small shell script that holds the other end of a pipe of ours: when we end, even by kill -9, the pipe
/// closes and the script stops the server.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly string Script = ReadScript();

    private readonly Process _supervisor;

    private PostgresServer(Process supervisor, int processId)
    {
        _supervisor = supervisor;
        ProcessId = processId;
    }

    /// <summary>Process id of the server itself.</summary>
    public int ProcessId { get; }

    /// <summary>Whether the server runs.</summary>
    public bool IsRunning => !_supervisor.HasExited;

    /// <summary>Starts the server and waits until it takes connections.</summary>
    /// <exception cref="EmbeddedServerException">It does not start; the message says why in one sentence.</exception>
    public static async Task<PostgresServer> StartAsync(
        ClusterFolder cluster, ServerAccount account, IEnumerable<string> command, string removeFolder, int port, TimeSpan timeout, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var logStart = File.Exists(cluster.LogFile) ? new FileInfo(cluster.LogFile).Length : 0;
            var supervisor = Programs.Start(account.Command(["/bin/sh", "-c", Script, "levee-postgres", cluster.LogFile, removeFolder, .. command]));
            try
            {
                var first = await supervisor.StandardOutput.ReadLineAsync(ct);
                if (int.TryParse(first, CultureInfo.InvariantCulture, out var processId)
                    && await WaitUntilReadyAsync(cluster, supervisor, processId, timeout - clock.Elapsed, ct))
                {
                    return new PostgresServer(supervisor, processId);
                }

                await supervisor.WaitForExitAsync(ct);
                var text = File.Exists(cluster.LogFile) ? ReadFrom(cluster.LogFile, logStart) : await supervisor.StandardError.ReadToEndAsync(ct);
                if (!ServerLog.IsPassing(text) || clock.Elapsed > timeout)
                {
                    throw new EmbeddedServerException(ServerLog.Explain(text, cluster.Path, port, cluster.LogFile));
                }

                supervisor.Dispose();
                await Task.Delay(10 * PollInterval, ct);
            }
            catch
            {
                // Closing the pipe stops whatever runs.
                supervisor.StandardInput.Close();
                supervisor.Dispose();
                throw;
            }
        }
    }

    /// <summary>Sends the server a signal, such as INT (disconnect clients, checkpoint, end) or QUIT (end at once, recover at the next start).</summary>
    public void Signal(string name)
    {
        try
        {
            _supervisor.StandardInput.WriteLine(name);
            _supervisor.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has just ended.
        }
    }

    /// <summary>Waits until the server has ended; false when it has not within the time.</summary>
    public async Task<bool> WaitForEndAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await _supervisor.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Lets go of the server, which stops if it still runs.</summary>
    public void Dispose()
    {
        try
        {
            _supervisor.StandardInput.Close();
        }
        catch (IOException)
        {
            // What could not be written was for a server that is gone.
        }

        _supervisor.Dispose();
    }

    // The server writes its state into the eighth line of its process file; asking by connection would spend one of a thousand ports a try.
    private static async Task<bool> WaitUntilReadyAsync(
        ClusterFolder cluster, Process supervisor, int processId, TimeSpan timeout, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        while (!supervisor.HasExited)
        {
            var lines = ReadLines(cluster.ProcessFile);
            if (lines.Length >= 8 && lines[0] == processId.ToString(CultureInfo.InvariantCulture) && lines[7].Trim() == "ready")
            {
                return true;
            }

            if (clock.Elapsed > timeout)
            {
                throw new EmbeddedServerException($"PostgreSQL was not ready within {timeout.TotalSeconds:0} s; see {cluster.LogFile}.");
            }

            await Task.Delay(PollInterval, ct);
        }

        return false;
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string ReadFrom(string file, long start)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = Math.Min(start, stream.Length);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string ReadScript()
    {
        using var stream = typeof(PostgresServer).Assembly.GetManifestResourceStream("supervise.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
