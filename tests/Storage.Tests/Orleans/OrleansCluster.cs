using System.Net;
using System.Net.Sockets;
using Levee.Storage.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Levee.Storage.Tests.Orleans;

/// <summary>Real silos on our tables and queries.</summary>
internal static class OrleansCluster
{
    public const string StorageName = "levee";
    private const string Invariant = "Npgsql";

    public static IHost Silo(TestDatabase database, string name, string clusterId = "test")
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (clusterId, "levee-test"))
            .Configure<SiloOptions>(options => options.SiloName = name)
            .ConfigureEndpoints(IPAddress.Loopback, FreePort(), FreePort())
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString))
            .UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString))
            .AddAdoNetGrainStorage(StorageName, options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString)));
        return builder.Build();
    }

    public static IHost Client(TestDatabase database, string clusterId = "test")
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (clusterId, "levee-test"))
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString)));
        return builder.Build();
    }

    public static ITestGrain Grain(this IHost host, string key) => host.Services.GetRequiredService<IGrainFactory>().GetGrain<ITestGrain>(key);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
