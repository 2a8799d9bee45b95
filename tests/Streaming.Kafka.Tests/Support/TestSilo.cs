using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Levee.Streaming.Kafka.Tests;

/// <summary>A silo in this process that reads the orders topic.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private TestSilo(IHost host, int port)
    {
        _host = host;
        Port = port;
    }

    public int Port { get; }

    public IServiceProvider Services => _host.Services;

    public IKafkaPartitionOwnership Ownership => Services.GetRequiredService<IKafkaPartitionOwnership>();

    public KafkaStreamHealth Health => Services.GetRequiredService<IKafkaStreamHealth>().GetSnapshot();

    public static async Task<TestSilo> StartAsync(
        TestKafka kafka,
        DeliveryLog log,
        IKafkaCheckpointStore? store,
        Action<KafkaStreamOptions>? configure = null,
        TestSilo? primary = null,
        Action<IServiceCollection>? services = null)
    {
        var port = FreePort();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning).AddFilter("Levee", LogLevel.Information);
        builder.Services.AddSingleton(log);
        if (store is not null)
        {
            builder.Services.AddSingleton(store);
        }

        services?.Invoke(builder.Services);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(port, FreePort(), primary is null ? null : new IPEndPoint(IPAddress.Loopback, primary.Port))
            .Configure<ClusterMembershipOptions>(o => o.ProbeTimeout = TimeSpan.FromSeconds(1))
            .AddKafkaStreams("kafka", (KafkaStreamOptions o) =>
            {
                o.BootstrapServers = kafka.BootstrapServers;
                o.GroupId = $"group-{Guid.NewGuid()}";
                o.SessionTimeout = TimeSpan.FromSeconds(3);
                o.CommitInterval = TimeSpan.FromMilliseconds(50);
                o.RedeliveryDelay = TimeSpan.FromMilliseconds(20);
                o.MaxRedeliveryDelay = TimeSpan.FromMilliseconds(200);
                o.AddTopic<OrderAdapter>(kafka.Topic("orders"));
                configure?.Invoke(o);
            }));
        var host = builder.Build();
        await host.StartAsync();
        return new TestSilo(host, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
