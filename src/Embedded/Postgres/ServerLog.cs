namespace Levee.Embedded.Postgres;

/// <summary>Turns what initdb or the server wrote into one sentence for the person who started us.</summary>
internal static class ServerLog
{
    private static readonly string[] Levels = ["PANIC:", "FATAL:", "ERROR:", "error:"];

    /// <summary>The sentence.</summary>
    /// <param name="text">What the program wrote.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="port">The port it was to listen on; 0 for initdb.</param>
    /// <param name="logFile">Where the whole text is, or null.</param>
    public static string Explain(string text, string folder, int port, string? logFile)
    {
        if (Has(text, "No space left on device") || Has(text, "Disk quota exceeded"))
        {
            return $"The disk of {folder} is full: PostgreSQL needs room there.";
        }

        if (port != 0 && Has(text, "Address already in use"))
        {
            return PortTaken(port);
        }

        if (Has(text, "pre-existing shared memory block") || Has(text, "lock file \"postmaster.pid\" already exists"))
        {
            return $"Another PostgreSQL server still uses the data folder {folder}.";
        }

        var line = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(line => Levels.Any(level => Has(line, level)));
        var reason = line is null ? "without giving a reason" : line[Levels.Where(level => Has(line, level)).Max(level => End(line, level))..].Trim();
        return $"PostgreSQL did not start in {folder}: {reason}{(logFile is null ? "" : $" (see {logFile})")}.";
    }

    /// <summary>The sentence for a port that another program has.</summary>
    public static string PortTaken(int port) =>
        $"Port {port} of 127.0.0.1 is taken by another program: stop it or choose another port for the embedded PostgreSQL.";

    /// <summary>Whether trying again soon can help: the last processes of a killed server are still going away.</summary>
    public static bool IsPassing(string text) => Has(text, "pre-existing shared memory block");

    private static int End(string line, string level) => line.IndexOf(level, StringComparison.Ordinal) + level.Length;

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.Ordinal);
}
