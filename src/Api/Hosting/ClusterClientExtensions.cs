using Levee.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
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
            throw new SettingException($"{ConnectionKey} is not set: the API needs the database that its silos use.");
        }

        // For the API keys.
        builder.Services.TryAddSingleton(_ => StorageServiceCollectionExtensions.CreateSource(connection));
        var before = builder.Services.ToHashSet();
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
        StartInBackground(builder.Services, before);
    }

    /// <summary>Hands the hosted services that the client has added to <see cref="ClusterConnection"/>.</summary>
    private static void StartInBackground(IServiceCollection services, HashSet<ServiceDescriptor> before)
    {
        var added = services.Where(s => s.ServiceType == typeof(IHostedService) && !s.IsKeyedService && !before.Contains(s)).ToArray();
        foreach (var descriptor in added)
        {
            services.Remove(descriptor);
        }

        services.AddHostedService(provider => new ClusterConnection([.. added.Select(s => Create(provider, s))]));
    }

    private static IHostedService Create(IServiceProvider provider, ServiceDescriptor descriptor) => (IHostedService)(
        descriptor.ImplementationInstance
        ?? descriptor.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, descriptor.ImplementationType!));
}
