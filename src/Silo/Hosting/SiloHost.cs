using Levee.Api;
using Levee.Api.Logging;
using Levee.Api.Security;
using Levee.Grains.Fencing;
using Levee.Grains.Hosting;
using Levee.Silo.FirstStart;
using Levee.Storage;
using Orleans.Dashboard;

namespace Levee.Silo.Hosting;

/// <summary>Wires one process: the Orleans silo with its streams and grains, and the API in front of it.</summary>
internal static class SiloHost
{
    /// <summary>Everything stops within this time, so that the embedded servers still have theirs.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(6);

    /// <summary>Builds the host; nothing runs yet.</summary>
    public static WebApplication Build(SiloSettings settings, EmbeddedServers servers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(settings.Configuration);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Levee:Kafka:BootstrapServers"] = servers.KafkaBootstrapServers,
            ["Levee:Postgres:ConnectionString"] = servers.PostgresConnectionString,
            ["Levee:Data"] = settings.DataDirectory,
        });
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddLeveeConsole();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(settings.Port, settings.Certificate));
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddLeveeStorage(builder.Configuration, SiloSessions.NameOf);
        builder.Services.AddLeveeGrains(builder.Configuration, trains: settings.Roles.Contains("train"));
        if (settings.SimulatesLive)
        {
            builder.Services.Configure<DemoOptions>(builder.Configuration.GetSection(DemoOptions.Section));
            builder.Services.AddHostedService<LiveDemo>();
        }

        builder.AddLeveeApi();
        builder.UseOrleans(silo => silo.AddLevee(builder.Configuration, settings.Cluster, servers));

        var app = builder.Build();
        if (!settings.Roles.Contains("api"))
        {
            // Probes and scraping go on; everything else is the business of the API's own processes.
            app.Use((context, next) => IsOperational(context.Request.Path) ? next(context) : NotHere(context));
        }

        app.MapLeveeApi();
        // The dashboard's own requests are no part of the API that /docs describes.
        app.MapOrleansDashboard("/dashboard").RequiresOperator().ExcludeFromDescription();
        return app;
    }

    private static bool IsOperational(PathString path) =>
        path.StartsWithSegments("/health") || path.StartsWithSegments("/metrics") || path.StartsWithSegments("/dashboard");

    private static Task NotHere(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
