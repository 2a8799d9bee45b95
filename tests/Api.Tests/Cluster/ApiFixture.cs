using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace Levee.Api.Tests.Cluster;

/// <summary>The real endpoints on a real Kestrel, in front of a silo with test grains.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;
    private WebApplication? _app;

    public FakeSystem System { get; } = new();

    public LogCollector Logs { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.Services.AddSingleton(System));
        _cluster = builder.Build();
        await _cluster.DeployAsync();

        var web = WebApplication.CreateBuilder();
        web.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Levee:Api:PredictTimeout"] = "00:00:01",
            ["Levee:Api:RequestTimeout"] = "00:00:01",
            ["Levee:Api:HealthTimeout"] = "00:00:01",
            ["Levee:Api:RetryAfter"] = "00:00:02",
        });
        web.Logging.ClearProviders().AddProvider(Logs);
        web.WebHost.UseUrls("http://127.0.0.1:0");
        web.Services.AddSingleton<IGrainFactory>(_cluster.Client);
        web.AddLeveeApi();
        _app = web.Build();
        _app.MapLeveeApi();
        await _app.StartAsync();
        Address = new Uri(_app.Urls.First());
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public async Task DisposeAsync()
    {
        System.Released.TrySetResult();
        Client?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}
