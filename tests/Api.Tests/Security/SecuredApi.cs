using Levee.Api.Security;
using Levee.Api.Tests.Cluster;
using Levee.Embedded;
using Levee.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.TestingHost;

namespace Levee.Api.Tests.Security;

/// <summary>The API with <c>Levee:Security:Enabled</c>, keys in a real database and an issuer of tokens.</summary>
public sealed class SecuredApi : IAsyncLifetime
{
    private readonly Dictionary<string, string> _credentials = [];
    private InProcessTestCluster? _cluster;
    private WebApplication? _app;

    public FakeSystem System { get; } = new();

    public LogCollector Logs { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public ApiKeyStore Store { get; private set; } = null!;

    public FakeIssuer Issuer { get; private set; } = null!;

    public IEnumerable<string> Keys => _credentials.Values;

    public IEnumerable<RouteEndpoint> Endpoints =>
        _app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    /// <summary>The key, or token, of a caller of the matrix.</summary>
    public string Of(string caller) => _credentials[caller];

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.Services.AddSingleton(System));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        Issuer = await FakeIssuer.StartAsync();
        Database = StorageServiceCollectionExtensions.CreateSource(await TestPostgres.CreateDatabaseAsync());
        await new LeveeDatabase(Database).MigrateAsync(CancellationToken.None);
        Store = new ApiKeyStore(Database);
        await MakeCredentialsAsync();
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        System.Released.TrySetResult();
        Client?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        await Issuer.DisposeAsync();
        await Database.DisposeAsync();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    private async Task MakeCredentialsAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var role in ApiKeyText.Roles)
        {
            _credentials[role] = (await Store.CreateAsync(role, [role], now, null, CancellationToken.None))!;
            _credentials["token " + role] = Issuer.Sign(now.AddHours(1), roles: role);
        }

        _credentials["limited"] = (await Store.CreateAsync("limited", ["score"], now, null, CancellationToken.None))!;
        _credentials["batches"] = (await Store.CreateAsync("batches", ["score"], now, null, CancellationToken.None))!;
        _credentials["expired"] = (await Store.CreateAsync("expired", ["admin"], now.AddDays(-2), now.AddDays(-1), CancellationToken.None))!;
        _credentials["revoked"] = (await Store.CreateAsync("revoked", ["admin"], now, null, CancellationToken.None))!;
        await Store.RevokeAsync("revoked", now, CancellationToken.None);
        _credentials["configured"] = ApiKeyText.Create();
        _credentials["configured, expired"] = ApiKeyText.Create();
        _credentials["unknown"] = ApiKeyText.Create();
        _credentials["token expired"] = Issuer.Sign(now.AddHours(-1), roles: "admin");
    }

    private async Task StartAsync()
    {
        var web = WebApplication.CreateBuilder();
        web.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Levee:Security:Enabled"] = "true",
            ["Levee:Security:KeyRefresh"] = "00:00:01",
            ["Levee:Security:Jwt:Authority"] = Issuer.Authority,
            ["Levee:Security:Jwt:Audience"] = FakeIssuer.Audience,
            ["Levee:Security:Jwt:RequireHttps"] = "false",
            ["Levee:Security:Keys:0:Name"] = "configured",
            ["Levee:Security:Keys:0:Hash"] = Convert.ToHexString(ApiKeyText.Hash(Of("configured"))),
            ["Levee:Security:Keys:0:Roles:0"] = "admin",
            ["Levee:Security:Keys:1:Name"] = "configured-expired",
            ["Levee:Security:Keys:1:Hash"] = Convert.ToHexString(ApiKeyText.Hash(Of("configured, expired"))),
            ["Levee:Security:Keys:1:Roles:0"] = "admin",
            ["Levee:Security:Keys:1:ExpiresAt"] = "2026-01-01T00:00:00Z",
            ["Levee:Security:RateLimit:Burst"] = "3",
            ["Levee:Security:RateLimit:Callers:limited"] = "1",
            ["Levee:Security:RateLimit:Callers:batches"] = "1",
            ["Levee:Security:CorsOrigins:0"] = "https://app.example",
        });
        web.Logging.ClearProviders().AddProvider(Logs);
        web.WebHost.UseUrls("http://127.0.0.1:0");
        web.Services.AddSingleton<IGrainFactory>(_cluster!.Client);
        web.Services.AddSingleton(Database);
        web.AddLeveeApi();
        _app = web.Build();
        _app.MapLeveeApi();
        _app.MapGet("/dashboard", () => TypedResults.Ok()).RequiresOperator();
        _app.MapGet("/undeclared", () => TypedResults.Ok());
        await _app.StartAsync();
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(_app.Urls.First()) };
    }
}
