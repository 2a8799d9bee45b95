using Levee.Embedded;

namespace Levee.Integration.Harness;

/// <summary>The PostgreSQL cluster of the test run.</summary>
public sealed class SystemFixture
{
    /// <summary>A fresh database and a broker of its own.</summary>
    public async Task<StreamRun> NewRunAsync()
    {
        var connectionString = await TestPostgres.CreateDatabaseAsync();
        return new StreamRun(connectionString, Broker.Start());
    }
}
