using Levee.Embedded;
using Npgsql;

namespace Levee.Storage.Tests.Support;

/// <summary>A fresh database with the schema.</summary>
internal sealed class TestDatabase(string connectionString) : IAsyncDisposable
{
    public string ConnectionString { get; } = connectionString;

    public NpgsqlDataSource Source { get; } = StorageServiceCollectionExtensions.CreateSource(connectionString);

    public static async Task<TestDatabase> CreateAsync()
    {
        var database = new TestDatabase(await TestPostgres.CreateDatabaseAsync());
        await new LeveeDatabase(database.Source).MigrateAsync(CancellationToken.None);
        return database;
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task<IReadOnlyList<T>> ColumnAsync<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        var column = new List<T>();
        while (await reader.ReadAsync())
        {
            column.Add(reader.GetFieldValue<T>(0));
        }

        return column;
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = Source.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
