using System.Security.Cryptography;
using Levee.Embedded.Processes;

namespace Levee.Embedded.Postgres;

/// <summary>
/// The files of one private cluster: below the data folder, or, when the server's account cannot get there (as root with a checkout under
/// /root, which user postgres may not enter), in the system's folder for such data, with a file in the data folder that says where.
/// </summary>
internal sealed class ClusterFolder
{
    /// <summary>How the names of temporary folders begin.</summary>
    public const string TemporaryPrefix = "levee-test-pg-";

    private const string ElsewhereRoot = "/var/lib/levee";

    private readonly string _dataFolder;
    private readonly ServerAccount _account;

    private ClusterFolder(string dataFolder, string path, ServerAccount account)
    {
        _dataFolder = dataFolder;
        _account = account;
        Path = path;
    }

    /// <summary>The folder that PostgreSQL calls its data directory.</summary>
    public string Path { get; }

    /// <summary>The folder around it.</summary>
    public string Home => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Where the server writes its messages.</summary>
    public string LogFile => System.IO.Path.Combine(Path, "server.log");

    /// <summary>Where the server writes its process id and state.</summary>
    public string ProcessFile => System.IO.Path.Combine(Path, "postmaster.pid");

    /// <summary>Whether a cluster is there; a half-made one never is.</summary>
    public bool Exists => File.Exists(System.IO.Path.Combine(Path, "PG_VERSION"));

    /// <summary>The major version that made the data; null when there is none yet.</summary>
    public int? Major => Exists && int.TryParse(File.ReadAllText(System.IO.Path.Combine(Path, "PG_VERSION")).Trim(), out var major) ? major : null;

    private string PasswordFile => System.IO.Path.Combine(_dataFolder, "password");

    private static string Pointer(string dataFolder) => System.IO.Path.Combine(dataFolder, "location");

    /// <summary>Says where an existing cluster of this data folder is, or where a new one would be if the account can get there.</summary>
    public static string Locate(string dataFolder) =>
        File.Exists(Pointer(dataFolder)) ? File.ReadAllText(Pointer(dataFolder)).Trim() : System.IO.Path.Combine(dataFolder, "cluster");

    /// <summary>Settles where the cluster is.</summary>
    public static async Task<ClusterFolder> OpenAsync(string dataFolder, ServerAccount account, bool temporary, CancellationToken ct)
    {
        var path = Locate(dataFolder);
        if (temporary)
        {
            // So that the account can remove the whole folder when nobody else is left to do it.
            await account.OwnAsync(dataFolder, ct);
        }

        if (!Directory.Exists(path) && !await account.CanEnterAsync(dataFolder, ct))
        {
            // Temporary data goes where the account may remove all of it when nobody else is left to do it.
            var home = temporary ? Directory.CreateTempSubdirectory(TemporaryPrefix).FullName : await MakeHomeAsync(dataFolder, ct);
            path = System.IO.Path.Combine(home, "cluster");
            if (temporary)
            {
                await account.OwnAsync(home, ct);
            }

            await File.WriteAllTextAsync(Pointer(dataFolder), path, ct);
        }

        return new ClusterFolder(dataFolder, path, account);
    }

    /// <summary>Makes the cluster unless it is there. A start that is interrupted here leaves nothing that looks like one.</summary>
    /// <returns>The password of user levee.</returns>
    public async Task<string> PrepareAsync(PostgresPrograms programs, bool durable, CancellationToken ct)
    {
        if (Exists)
        {
            return File.Exists(PasswordFile)
                ? (await File.ReadAllTextAsync(PasswordFile, ct)).Trim()
                : throw new EmbeddedServerException($"The password of the PostgreSQL cluster is missing: {PasswordFile} was removed.");
        }

        var password = await MakePasswordAsync(ct);
        foreach (var rest in Directory.GetDirectories(Home, "cluster.new-*"))
        {
            Directory.Delete(rest, recursive: true);
        }

        var fresh = $"{Path}.new-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        Directory.CreateDirectory(fresh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await _account.OwnAsync(fresh, ct);

        // The shell makes a pipe that the account may open by name; ours, made by root, it may not.
        string[] command =
        [
            "/bin/sh", "-c", "cat | \"$@\" --pwfile=/dev/stdin", "initdb", programs.InitDb, "-D", fresh, "-U", EmbeddedPostgres.UserName,
            "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256",
        ];
        IEnumerable<string> options = durable ? [] : ["--no-sync"];
        var result = await Programs.RunAsync(_account.Command([.. command, .. options]), password + "\n", ct);
        if (result.ExitCode != 0)
        {
            Directory.Delete(fresh, recursive: true);
            throw new EmbeddedServerException(ServerLog.Explain(result.Output, _dataFolder, 0, null));
        }

        Directory.Move(fresh, Path);
        return password;
    }

    // A data folder that was removed to begin anew left its cluster behind, which nothing points to any more.
    private static async Task<string> MakeHomeAsync(string dataFolder, CancellationToken ct)
    {
        const string Origin = "origin";
        Directory.CreateDirectory(ElsewhereRoot);
        foreach (var old in Directory.GetDirectories(ElsewhereRoot))
        {
            var origin = System.IO.Path.Combine(old, Origin);
            if (File.Exists(origin) && await File.ReadAllTextAsync(origin, ct) == dataFolder)
            {
                Directory.Delete(old, recursive: true);
            }
        }

        var home = System.IO.Path.Combine(ElsewhereRoot, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        Directory.CreateDirectory(home);
        await File.WriteAllTextAsync(System.IO.Path.Combine(home, Origin), dataFolder, ct);
        return home;
    }

    // Only we may read it: whoever has it has the data.
    private async Task<string> MakePasswordAsync(CancellationToken ct)
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        File.Delete(PasswordFile);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var writer = new StreamWriter(PasswordFile, options);
        await writer.WriteAsync(password.AsMemory(), ct);
        return password;
    }
}
