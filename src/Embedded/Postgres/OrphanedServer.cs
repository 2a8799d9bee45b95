using System.Diagnostics;
using System.Globalization;
using Levee.Embedded.Processes;

namespace Levee.Embedded.Postgres;

/// <summary>
/// What an earlier run may have left behind in a cluster that we hold the lock of: a server that is still shutting down, one whose
/// supervisor was killed too, or a process file whose number now belongs to somebody else.
/// </summary>
internal static class OrphanedServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Stops the server if it runs, and removes a process file that would hinder the next.</summary>
    public static async Task ClearAsync(ClusterFolder cluster, ServerAccount account, CancellationToken ct)
    {
        // First give a server that is shutting down its time, then ask, then insist.
        foreach (var signal in new[] { "", "INT", "QUIT", "KILL" })
        {
            if (FindProcess(cluster) is not { } processId)
            {
                return;
            }

            if (signal.Length != 0)
            {
                string[] kill = ["/bin/sh", "-c", "kill -s \"$0\" \"$1\"", signal, processId.ToString(CultureInfo.InvariantCulture)];
                await Programs.RunAsync(account.Command(kill), "", ct);
            }

            var patience = signal.Length == 0 ? Patience / 5 : Patience;
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < patience && FindProcess(cluster) is not null;)
            {
                await Task.Delay(PollInterval, ct);
            }
        }
    }

    // A process is this cluster's server when it works in its folder, as servers do. Elsewhere than on Linux there is no looking, and the
    // server's own check of the file decides.
    private static int? FindProcess(ClusterFolder cluster)
    {
        if (!OperatingSystem.IsLinux() || !int.TryParse(FirstLine(cluster.ProcessFile), CultureInfo.InvariantCulture, out var processId))
        {
            return null;
        }

        var working = new FileInfo($"/proc/{processId}/cwd");
        if (Directory.Exists($"/proc/{processId}") && Works(working, cluster.Path))
        {
            return processId;
        }

        // The number belongs to nobody or to somebody else; the server would take the latter for one of its own.
        File.Delete(cluster.ProcessFile);
        return null;
    }

    private static string? FirstLine(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static bool Works(FileInfo working, string folder)
    {
        try
        {
            return working.LinkTarget is { } target && Path.TrimEndingDirectorySeparator(target) == RealPath(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // The kernel tells the path without symbolic links.
    private static string RealPath(string folder)
    {
        var path = "/";
        foreach (var part in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, part);
            path = new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        }

        return path;
    }
}
