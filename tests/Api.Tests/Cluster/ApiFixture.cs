using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Orleans.TestingHost;

namespace Levee.Api.Tests.Cluster;

/// <summary>The real endpoints on a real Kestrel, in front of a silo with test grains.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    /// <summary>Long enough for a machine that is busy with other tests.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Impatience = TimeSpan.FromMilliseconds(200);

    private readonly List<WebApplication> _apps = [];
    private InProcessTestCluster? _cluster;

    public FakeSystem System { get; } = new();

    public LogCollector Logs { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    /// <summary>A client of an API that waits for nobody, for tests of deadlines.</summary>
    public HttpClient Impatient { get; private set; } = null!;

    public Uri Address => Client.BaseAddress!;

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => AllowDatabaseErrors(silo.Services.AddSingleton(System)));
        builder.ConfigureClient(client => AllowDatabaseErrors(client.Services));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        Client = await StartAsync(Patience);
        Impatient = await StartAsync(Impatience);
    }

    public async Task DisposeAsync()
    {
        System.Released.TrySetResult();
        Client?.Dispose();
        Impatient?.Dispose();
        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>Starts another API in front of the same silo, with settings below Levee:Api.</summary>
    public Task<HttpClient> StartAsync(params (string Key, string Value)[] settings) => StartAsync(
        settings.Select(setting => KeyValuePair.Create("Levee:Api:" + setting.Key, (string?)setting.Value)).Prepend(
            KeyValuePair.Create("Levee:Api:RetryAfter", (string?)"00:00:02")).ToDictionary());

    /// <summary>A client of a further API with settings of its own.</summary>
    public async Task<HttpClient> StartAsync(IReadOnlyDictionary<string, string?> settings) => (await StartAppAsync(settings)).Client;

    /// <summary>A further API with settings and services of its own, and a client of it.</summary>
    public async Task<(WebApplication App, HttpClient Client)> StartAppAsync(
        IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? services = null)
    {
        var web = WebApplication.CreateBuilder();
        web.Configuration.AddInMemoryCollection(settings);

        // Other tests' processes may well take the processor for longer than callers would wait.
        web.Configuration["Levee:Api:MaxArrivalDelay"] ??= "00:00:00";
        web.Logging.ClearProviders().AddProvider(Logs);
        web.WebHost.UseUrls("http://127.0.0.1:0");
        web.Services.AddSingleton<IGrainFactory>(_cluster!.Client);
        services?.Invoke(web.Services);
        web.AddLeveeApi();
        var app = web.Build();
        _apps.Add(app);
        app.MapLeveeApi();
        await app.StartAsync();
        return (app, new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.First()) });
    }

    private Task<HttpClient> StartAsync(TimeSpan timeout) => StartAsync(new Dictionary<string, string?>
    {
        ["Levee:Api:PredictTimeout"] = timeout.ToString(),
        ["Levee:Api:RequestTimeout"] = timeout.ToString(),
        ["Levee:Api:HealthTimeout"] = timeout.ToString(),
        ["Levee:Api:ReadyTimeout"] = timeout.ToString(),
        ["Levee:Api:RetryAfter"] = "00:00:02",
    });

    private static void AllowDatabaseErrors(IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(o => o.SupportedNamespacePrefixes.Add(nameof(Npgsql)));
}
