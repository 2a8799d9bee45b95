using Dapper;
using Levee.Embedded;
using Npgsql;

namespace Levee.Integration.Harness;

/// <summary>The PostgreSQL cluster of the test run.</summary>
public sealed class SystemFixture
{
    private const string StartedOnce = "started_once";
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(10);
    private static readonly Lazy<Task> FirstStart = new(StartOnceAsync);

    private static int _copies;

    /// <summary>A fresh database and a broker of its own.</summary>
    public async Task<StreamRun> NewRunAsync() => new(await TestPostgres.CreateDatabaseAsync(), Broker.Start());

    /// <summary>
    /// A database on which a silo has started before, with the small history that ends now and the model v1 of it, and a broker of its own. Its
    /// first start is made once for all tests.
    /// </summary>
    public async Task<StreamRun> NewRunAfterFirstStartAsync()
    {
        await FirstStart.Value;
        var name = $"copy_{Interlocked.Increment(ref _copies)}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {StartedOnce}");
        return new StreamRun(await ConnectionStringAsync(name), Broker.Start());
    }

    private static async Task StartOnceAsync()
    {
        await ExecuteAsync($"CREATE DATABASE {StartedOnce}");
        using var run = new StreamRun(await ConnectionStringAsync(StartedOnce), Broker.Start());
        await using var silo = run.StartSilo(SmallHistory.EndingDaysAgo(0));
        await silo.WaitAsync();
        await silo.Process.StopAsync(StopsWithin);
    }

    private static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(await ConnectionStringAsync("postgres"));
        await connection.OpenAsync();
        await connection.ExecuteAsync(sql);
    }

    private static async Task<string> ConnectionStringAsync(string database) =>
        new NpgsqlConnectionStringBuilder((await TestPostgres.ServerAsync()).ConnectionStringTo(database)) { MaxPoolSize = 20 }.ConnectionString;
}
