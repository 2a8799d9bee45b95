using System.Net;
using System.Net.Sockets;
using Levee.Api.Tests.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Levee.Api.Tests;

/// <summary>The endpoints in the process of a silo, without a client of their own.</summary>
public sealed class SiloHostedTests
{
    [Fact]
    public async Task A_silo_answers_by_itself()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(new FakeSystem());
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort(), FreePort()));
        builder.AddLeveeApi();
        await using var app = builder.Build();
        app.MapLeveeApi();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        var predict = await Answer.PostAsync(client, "/predict", """{"customer_id":1,"merchant_id":1,"amount":1}""");
        var ready = await Answer.GetAsync(client, "/health/ready");
        await app.StopAsync();

        Assert.Equal(HttpStatusCode.OK, predict.Status);
        Assert.Equal(HttpStatusCode.OK, ready.Status);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
