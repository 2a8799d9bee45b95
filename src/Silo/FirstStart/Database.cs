using Levee.Storage;
using Npgsql;

namespace Levee.Silo.FirstStart;

/// <summary>Opens the database for the start and brings the schema up to date.</summary>
internal static class Database
{
    /// <summary>Migrates and gives the data source.</summary>
    /// <exception cref="StartupException">The connection string is none, a migration failed or the database is of a newer Levee.</exception>
    public static async Task<NpgsqlDataSource> OpenAsync(string connectionString, StartupProgress progress, CancellationToken cancellationToken)
    {
        var source = CreateSource(connectionString);
        try
        {
            await progress.RunAsync("Bringing the schema up to date", async _ =>
            {
                await new LeveeDatabase(source).MigrateAsync(cancellationToken);
                return true;
            });
            return source;
        }
        catch (Exception exception)
        {
            await source.DisposeAsync();
            if (exception is InvalidOperationException)
            {
                throw new StartupException(
                    exception.InnerException is { } inner && StartupErrors.Explain(inner) is { } sentence ? sentence : exception.Message, exception);
            }

            throw;
        }
    }

    private static NpgsqlDataSource CreateSource(string connectionString)
    {
        try
        {
            return StorageServiceCollectionExtensions.CreateSource(connectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw new StartupException($"Levee:Postgres:ConnectionString is not a connection string: {exception.Message}", exception);
        }
    }
}
