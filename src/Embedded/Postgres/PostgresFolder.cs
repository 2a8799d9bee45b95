using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Levee.Embedded;

/// <summary>The data folder of a cluster: who holds it, its password, its log, and what a crash left in it.</summary>
internal sealed class PostgresFolder : IDisposable
{
    private const string FallbackRoot = "/var/lib/levee";
    private static readonly TimeSpan OrphanEndsWithin = TimeSpan.FromSeconds(10);

    private readonly string _root;
    private readonly FileStream _lock;

    private PostgresFolder(string root, FileStream held, ServerAccount account, bool remove)
    {
        _root = root;
        _lock = held;
        Account = account;
        RemoveOnExit = remove ? root : null;
    }

    public ServerAccount Account { get; }

    /// <summary>Folder that is deleted when the server has ended; null to keep it.</summary>
    public string? RemoveOnExit { get; }

    public string ClusterDirectory => Path.Combine(_root, "pgdata");

    public string LogFile => Path.Combine(ClusterDirectory, "levee-server.log");

    private string PasswordFile => Path.Combine(_root, "password");

    /// <summary>Takes hold of a folder.</summary>
    /// <exception cref="EmbeddedServerException">Another process holds it, or it cannot be written.</exception>
    public static PostgresFolder Open(EmbeddedPostgresOptions options)
    {
        var account = ServerAccount.Find();
        var root = Path.GetFullPath(options.DataDirectory);
        try
        {
            Directory.CreateDirectory(root);
            if (!account.CanEnter(root))
            {
                // The checkout is in a folder that only root may enter, such as /root: the data goes where the server's account can.
                root = Path.Combine(FallbackRoot, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..16]);
                Directory.CreateDirectory(root);
            }

            var held = new FileStream(Path.Combine(root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (options.RemoveOnExit)
            {
                account.Own(root);
            }

            return new PostgresFolder(root, held, account, options.RemoveOnExit);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new EmbeddedServerException($"The data folder {root} cannot be written: choose another with --data DIR.", exception);
        }
        catch (IOException exception) when (File.Exists(Path.Combine(root, "lock")) && !IsDiskFull(exception.Message))
        {
            throw new EmbeddedServerException(
                $"The data folder {root} is in use by another Levee process: stop it, or choose another folder with --data DIR.", exception);
        }
        catch (IOException exception)
        {
            throw new EmbeddedServerException($"The data folder {root} cannot be made: {exception.Message}", exception);
        }
    }

    /// <summary>Makes the cluster unless it is there.</summary>
    /// <returns>The password of its superuser.</returns>
    public async Task<string> InitializeAsync(PostgresPrograms programs, string user, bool durable, CancellationToken cancellationToken)
    {
        if (Directory.Exists(ClusterDirectory) && File.Exists(PasswordFile))
        {
            return (await File.ReadAllTextAsync(PasswordFile, cancellationToken)).Trim();
        }

        // Made under another name and moved when it is complete: a crash in between leaves no half cluster behind.
        var fresh = Path.Combine(_root, "pgdata.new");
        DeleteIfThere(fresh);
        Directory.CreateDirectory(fresh);
        Account.Own(fresh);
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        await WritePrivateAsync(PasswordFile, password, cancellationToken);
        var passwordForInit = Path.Combine(fresh, "..", "initdb-password");
        await WritePrivateAsync(passwordForInit, password, cancellationToken);
        Account.Own(passwordForInit);
        List<string> command =
        [
            programs.InitDb, "-D", fresh, "-U", user, "-A", "scram-sha-256", $"--pwfile={Path.GetFullPath(passwordForInit)}",
            "-E", "UTF8", "--no-locale",
        ];
        if (!durable)
        {
            command.Add("--no-sync");
        }

        var (exitCode, output) = await Account.RunAsync(command, cancellationToken);
        File.Delete(passwordForInit);
        if (exitCode != 0)
        {
            DeleteIfThere(fresh);
            throw new EmbeddedServerException(IsDiskFull(output)
                ? $"The disk is full: the PostgreSQL cluster could not be made in {_root}."
                : $"The PostgreSQL cluster could not be made in {_root}: {LastLine(output)}");
        }

        Directory.Move(fresh, ClusterDirectory);
        return password;
    }

    /// <summary>Ends a server that a killed process left behind on this folder.</summary>
    public async Task EndOrphanAsync(PostgresPrograms programs, CancellationToken cancellationToken)
    {
        // Its watcher is already stopping it; wait, and insist only when that takes too long.
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(OrphanEndsWithin);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (OrphanRuns())
            {
                await tick.WaitForNextTickAsync(timeout.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await Account.RunAsync([programs.Control, "stop", "-D", ClusterDirectory, "-m", "fast", "-w"], cancellationToken);
        }
    }

    /// <summary>Ends the server at once, as a crash would.</summary>
    public Task KillServerAsync(PostgresPrograms programs) =>
        Account.RunAsync([programs.Control, "stop", "-D", ClusterDirectory, "-m", "immediate", "-w"], CancellationToken.None);

    /// <summary>Whether the server's log holds a text.</summary>
    public bool LogSays(string text) => ReadLog().Contains(text, StringComparison.Ordinal);

    /// <summary>Why the server ended at the start, in one sentence.</summary>
    public string ExplainFailure(int port)
    {
        var log = ReadLog();
        if (IsDiskFull(log))
        {
            return $"The disk is full: PostgreSQL cannot start in {_root}.";
        }

        if (log.Contains("Address already in use", StringComparison.Ordinal))
        {
            return string.Create(CultureInfo.InvariantCulture, $"Port {port} for the embedded PostgreSQL is taken by another program.");
        }

        return log.Contains("incompatible with server", StringComparison.Ordinal)
            ? $"The data in {_root} was made by another major version of PostgreSQL: install that one, or choose another folder with --data DIR."
            : $"PostgreSQL did not start in {_root}: {LastLine(log)}";
    }

    public void Dispose() => _lock.Dispose();

    private bool OrphanRuns()
    {
        var file = Path.Combine(ClusterDirectory, "postmaster.pid");
        try
        {
            // A number that was given to another program meanwhile is not our server.
            return File.Exists(file)
                && int.TryParse(File.ReadLines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && File.Exists($"/proc/{id}/cmdline")
                && File.ReadAllText($"/proc/{id}/cmdline").Contains(ClusterDirectory, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It ended while we looked.
            return false;
        }
    }

    private string ReadLog()
    {
        try
        {
            return File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task WritePrivateAsync(string file, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var stream = new FileStream(file, options);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsDiskFull(string text) => text.Contains("No space left on device", StringComparison.Ordinal);

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "no reason was given.";
}
