using System.ComponentModel;
using System.Diagnostics;

namespace Levee.Embedded.Processes;

/// <summary>Starts other programs.</summary>
internal static class Programs
{
    private static readonly string[] SystemFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Full path of a program on the path or in the system's folders (which a bare environment may leave out); null when missing.</summary>
    public static string? Find(string name) => PathFolders().Concat(SystemFolders)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    /// <summary>The folders of the PATH variable.</summary>
    public static IEnumerable<string> PathFolders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Starts a program with all three standard streams in our hands.</summary>
    /// <exception cref="EmbeddedServerException">It cannot be started.</exception>
    public static Process Start(IEnumerable<string> command)
    {
        var words = command.ToList();
        var start = new ProcessStartInfo(words[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // Ours may be a folder that the server's account may not enter.
            WorkingDirectory = "/",
        };
        foreach (var word in words.Skip(1))
        {
            start.ArgumentList.Add(word);
        }

        // Settings of other servers (PGDATA, PGPORT, ...) must not reach ours; messages are read by code, so they are in English.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start) ?? throw new EmbeddedServerException($"{words[0]} could not be started.");
        }
        catch (Win32Exception error)
        {
            throw new EmbeddedServerException($"{words[0]} could not be started: {error.Message}.", error);
        }
    }

    /// <summary>Runs a program to its end. Cancelling kills it.</summary>
    public static async Task<ProgramResult> RunAsync(IEnumerable<string> command, string input, CancellationToken ct)
    {
        using var process = Start(command);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = process.StandardError.ReadToEndAsync(ct);
            try
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), ct);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading; its exit code says why.
            }

            await process.WaitForExitAsync(ct);
            return new ProgramResult(process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
