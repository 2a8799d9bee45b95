using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Levee.Api.Hosting;

/// <summary>Hands <see cref="ServerOptions"/> to Kestrel.</summary>
internal sealed class ServerSetup(IOptions<ServerOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    private readonly ServerOptions _options = options.Value;

    public static void AddTo(IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ServerOptions>().Bind(builder.Configuration.GetSection(ServerOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ServerOptions>, ServerOptionsValidator>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, ServerSetup>();
    }

    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        var limits = options.Limits;
        limits.MaxConcurrentConnections = _options.MaxConnections;
        limits.KeepAliveTimeout = _options.KeepAliveTimeout;
        limits.RequestHeadersTimeout = _options.RequestHeadersTimeout;
        limits.MinRequestBodyDataRate = Rate(_options.MinRequestBytesPerSecond);
        limits.MinResponseDataRate = Rate(_options.MinResponseBytesPerSecond);
    }

    private MinDataRate? Rate(double bytesPerSecond) =>
        bytesPerSecond > 0 ? new MinDataRate(bytesPerSecond, _options.RateGracePeriod) : null;
}
