using System.Globalization;
using System.Text.RegularExpressions;
using Levee.Embedded.Processes;

namespace Levee.Embedded.Postgres;

/// <summary>The server programs of one PostgreSQL that is installed.</summary>
/// <param name="Folder">Where they are.</param>
/// <param name="Major">Its major version, such as 15.</param>
internal sealed partial record PostgresPrograms(string Folder, int Major)
{
    /// <summary>The environment variable that names their folder.</summary>
    public const string FolderVariable = "LEVEE_PG_BIN";

    private const int OldestMajor = 15;

    private static readonly string[] Roots = ["/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"];

    /// <summary>The program that makes a cluster.</summary>
    public string InitDb => Path.Combine(Folder, "initdb");

    /// <summary>The server.</summary>
    public string Server => Path.Combine(Folder, "postgres");

    /// <summary>
    /// Finds the programs: in the folder that LEVEE_PG_BIN names, else the newest of those on the path, in the packages' usual folders
    /// and where pg_config says.
    /// </summary>
    /// <param name="major">The version that made the data, or null for any.</param>
    /// <param name="ct">Cancels the search.</param>
    /// <exception cref="EmbeddedServerException">There are none, or only of another version.</exception>
    public static async Task<PostgresPrograms> FindAsync(int? major, CancellationToken ct)
    {
        var given = Environment.GetEnvironmentVariable(FolderVariable);
        var found = new List<PostgresPrograms>();
        foreach (var folder in string.IsNullOrEmpty(given) ? await FoldersAsync(ct) : [given])
        {
            if (await ReadAsync(folder, ct) is { } programs)
            {
                found.Add(programs);
            }
        }

        if (found.Count == 0)
        {
            var where = string.IsNullOrEmpty(given) ? "on this machine" : $"in {given}, which {FolderVariable} names";
            throw new EmbeddedServerException(
                $"PostgreSQL's server programs (initdb, postgres) are not {where}: apt-get install postgresql, or name their folder in "
                + $"{FolderVariable}, or set Levee:Postgres:ConnectionString to a server of your own.");
        }

        var newest = found.MaxBy(programs => programs.Major)!;
        if (major is null)
        {
            return newest.Major >= OldestMajor
                ? newest
                : throw new EmbeddedServerException($"PostgreSQL {OldestMajor} or later is needed, only {newest.Major} is installed.");
        }

        return found.Find(programs => programs.Major == major)
            ?? throw new EmbeddedServerException(
                $"The data was made by PostgreSQL {major}, only {newest.Major} is installed: apt-get install postgresql-{major}.");
    }

    private static async Task<List<string>> FoldersAsync(CancellationToken ct)
    {
        var folders = Programs.PathFolders().ToList();
        folders.AddRange(Roots.Where(Directory.Exists).SelectMany(Directory.GetDirectories).Select(folder => Path.Combine(folder, "bin")));
        folders.AddRange(Directory.Exists("/usr") ? Directory.GetDirectories("/usr", "pgsql-*").Select(folder => Path.Combine(folder, "bin")) : []);
        if (Programs.Find("pg_config") is { } tool && await Programs.RunAsync([tool, "--bindir"], "", ct) is { ExitCode: 0 } result)
        {
            folders.Add(result.Output.Trim());
        }

        return folders.Distinct(StringComparer.Ordinal).ToList();
    }

    private static async Task<PostgresPrograms?> ReadAsync(string folder, CancellationToken ct)
    {
        var programs = new PostgresPrograms(folder, 0);
        if (!File.Exists(programs.InitDb) || !File.Exists(programs.Server))
        {
            return null;
        }

        var version = VersionText().Match((await Programs.RunAsync([programs.Server, "--version"], "", ct)).Output);
        return version.Success ? programs with { Major = int.Parse(version.Groups[1].Value, CultureInfo.InvariantCulture) } : null;
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionText();
}
