using DbUp;
using DbUp.Engine;
using Npgsql;

namespace Levee.Storage;

/// <summary>The database as a whole: its schema and whether it answers.</summary>
public sealed class LeveeDatabase(NpgsqlDataSource source)
{
    // For one script, and so for waiting until another silo has migrated.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>
    /// Brings the schema up to date, exactly once however many silos start together: the others wait and find nothing to do.
    /// </summary>
    /// <exception cref="InvalidOperationException">A script failed, or the database is of a newer Levee than this one.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var hold = await ExclusiveLock.HoldAsync(source, ExclusiveWork.Migration, Longest, cancellationToken);
        await RefuseNewerAsync(cancellationToken);

        // DbUp is synchronous; this runs once, at the start.
        var result = await Task.Run(Upgrade, cancellationToken);
        if (!result.Successful)
        {
            throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
        }
    }

    /// <summary>Returns when the database answers.</summary>
    /// <exception cref="NpgsqlException">It does not.</exception>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellationToken);
    }

    private static IReadOnlyList<SqlScript> Scripts()
    {
        var assembly = typeof(LeveeDatabase).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return new SqlScript(name.Split('.')[^2] + ".sql", reader.ReadToEnd());
            })];
    }

    private async Task RefuseNewerAsync(CancellationToken cancellationToken)
    {
        await using var exists = source.CreateCommand("SELECT to_regclass('public.schemaversions')::text");
        if (await exists.ExecuteScalarAsync(cancellationToken) is null or DBNull)
        {
            return;
        }

        var known = Scripts().Select(script => script.Name).ToArray();
        await using var command = source.CreateCommand("SELECT min(scriptname) FROM schemaversions WHERE scriptname <> ALL ($1)");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = known });
        if (await command.ExecuteScalarAsync(cancellationToken) is string newer)
        {
            throw new InvalidOperationException($"The database is of a newer Levee than this one: it has {newer}, which this program does not know.");
        }
    }

    // A connection string without its password is all that a data source gives back, so DbUp borrows connections from the source itself.
    private DatabaseUpgradeResult Upgrade() => DeployChanges.To
        .PostgresqlDatabase(new DataSourceConnectionManager(source))
        .JournalToPostgresqlTable("public", "schemaversions")
        .WithScripts(Scripts())
        .WithTransaction()
        .WithExecutionTimeout(Longest)
        .WithVariablesDisabled()
        .LogToNowhere()
        .Build()
        .PerformUpgrade();
}
