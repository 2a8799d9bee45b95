using System.Net;
using System.Net.Sockets;
using Levee.Grains;
using Levee.Grains.Hosting;
using Npgsql;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace Levee.Silo.Hosting;

/// <summary>Orleans' part of the wiring.</summary>
internal static class SiloBuilderExtensions
{
    private const string Invariant = "Npgsql";

    /// <summary>Adds clustering, reminders and storage on PostgreSQL, the Kafka streams and the dashboard.</summary>
    public static ISiloBuilder AddLevee(
        this ISiloBuilder silo, IConfiguration configuration, LeveeClusterOptions options, EmbeddedServers servers)
    {
        var connectionString = servers.PostgresConnectionString;
        silo.Configure<ClusterOptions>(cluster =>
        {
            cluster.ClusterId = options.ClusterId;
            cluster.ServiceId = options.ServiceId;
        });
        silo.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = Invariant;
            clustering.ConnectionString = connectionString;
        });
        silo.UseAdoNetReminderService(reminders =>
        {
            reminders.Invariant = Invariant;
            reminders.ConnectionString = connectionString;
        });
        silo.AddAdoNetGrainStorage("levee", storage =>
        {
            storage.Invariant = Invariant;
            storage.ConnectionString = connectionString;
        });
        if (options.RunsInKubernetes)
        {
            silo.UseKubernetesHosting();
        }
        else
        {
            silo.ConfigureEndpoints(
                AdvertisedAddress(options, connectionString),
                PortCheck.Choose(options.SiloPort),
                PortCheck.Choose(options.GatewayPort),
                listenOnAnyHostAddress: false);
        }

        // A silo that was killed is found out within seconds: its partitions wait for that.
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(1.5);
            membership.NumMissedProbesLimit = 3;

            // A silo that starts wants to reach every silo that said lately that it is alive, and waits until what does not answer has
            // been silent for three of these intervals. When all were killed, nobody is left to find the dead out: Orleans' own 30 s
            // would keep the next start waiting for a minute and a half.
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(2);
            membership.NumMissedTableIAmAliveLimit = 3;
            membership.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);
            membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
        });
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionAge = TimeSpan.FromMinutes(options.IdleMinutes);
            collection.EnableActivationSheddingOnMemoryPressure = options.ShedOnMemoryPressure;
        });
        silo.AddKafkaStreams(StreamNamespaces.Provider, streams => streams.UseLevee(configuration, servers.KafkaBootstrapServers));

        // It counts by walking through what the silo holds, which a busy silo feels at Orleans' own rate of once a second.
        // Its log stream would show what Orleans says of grains by their keys, which are customers' ids.
        silo.AddDashboard(dashboard =>
        {
            dashboard.CounterUpdateIntervalMs = 5_000;
            dashboard.HideTrace = true;
        });
        return silo;
    }

    private static IPAddress AdvertisedAddress(LeveeClusterOptions options, string connectionString)
    {
        if (options.AdvertisedAddress.Length > 0)
        {
            return IPAddress.TryParse(options.AdvertisedAddress, out var given)
                ? given
                : throw new StartupException($"Levee:Cluster:AdvertisedAddress expects an IP address, not '{options.AdvertisedAddress}'.");
        }

        var host = new NpgsqlConnectionStringBuilder(connectionString).Host ?? "";
        if (host is "" or "localhost" || host.StartsWith('/') || (IPAddress.TryParse(host, out var database) && IPAddress.IsLoopback(database)))
        {
            return IPAddress.Loopback;
        }

        return Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork).FirstOrDefault()
            ?? throw new StartupException("This machine's own address could not be found: set Levee:Cluster:AdvertisedAddress.");
    }
}
