using Orleans.Configuration;

namespace Levee.Api.Hosting;

/// <summary>Connects the API's own process to the cluster.</summary>
internal static class ClusterClientExtensions
{
    private const string ConnectionKey = "Levee:Postgres:ConnectionString";
    private const string ClusterName = "levee";
    private const string Invariant = "Npgsql";

    /// <summary>
    /// Finds silos through the membership table in PostgreSQL. The connection is made in the background and made again for ever, so
    /// that the process answers /health/live before the first silo is up.
    /// </summary>
    public static void AddClusterClient(this IHostApplicationBuilder builder)
    {
        var connection = builder.Configuration[ConnectionKey];
        if (string.IsNullOrWhiteSpace(connection))
        {
            throw new InvalidOperationException($"{ConnectionKey} is not set: the API needs the database that its silos use.");
        }

        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = ClusterName;
                cluster.ServiceId = ClusterName;
            });
            client.UseAdoNetClustering(clustering =>
            {
                clustering.Invariant = Invariant;
                clustering.ConnectionString = connection;
            });
            client.Services.AddSingleton<IClientConnectionRetryFilter, RetryForever>();
        });
    }
}
