namespace Levee.Embedded;

/// <summary>The server programs of the PostgreSQL that is installed.</summary>
internal sealed record PostgresPrograms(string InitDb, string Server, string Control)
{
    private const string Overriding = "LEVEE_PG_BIN";
    private const string DebianRoot = "/usr/lib/postgresql";

    /// <summary>Finds the programs: in LEVEE_PG_BIN, else where Debian and Ubuntu put them (the newest), else on the path.</summary>
    /// <exception cref="EmbeddedServerException">There are none.</exception>
    public static PostgresPrograms Find()
    {
        foreach (var folder in Folders())
        {
            var programs = new PostgresPrograms(Path.Combine(folder, "initdb"), Path.Combine(folder, "postgres"), Path.Combine(folder, "pg_ctl"));
            if (File.Exists(programs.InitDb) && File.Exists(programs.Server) && File.Exists(programs.Control))
            {
                return programs;
            }
        }

        throw new EmbeddedServerException(
            "PostgreSQL's server programs (initdb, postgres) were not found: install them (Debian and Ubuntu: apt-get install postgresql), "
            + $"point {Overriding} to their folder, or set Levee:Postgres:ConnectionString to a server of yours.");
    }

    private static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable(Overriding) is { Length: > 0 } given)
        {
            return [given];
        }

        var debian = Directory.Exists(DebianRoot)
            ? Directory.GetDirectories(DebianRoot)
                .OrderByDescending(folder => Version.TryParse($"{Path.GetFileName(folder)}.0", out var version) ? version : new Version(0, 0))
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        return debian.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries));
    }
}
