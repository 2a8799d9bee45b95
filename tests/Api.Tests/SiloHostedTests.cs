using System.Net;
using System.Net.Sockets;
using Levee.Api.Tests.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Levee.Api.Tests;

/// <summary>The endpoints in the process of a silo, without a client of their own.</summary>
public sealed class SiloHostedTests
{
    [Fact]
    public async Task A_silo_answers_by_itself()
    {
        // A silo brings nothing but what it needs; the endpoints must not count on the defaults of a web application.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddSingleton(new FakeSystem());
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort(), FreePort()));
        builder.AddLeveeApi();
        await using var app = builder.Build();
        app.MapLeveeApi();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        var predict = await Answer.PostAsync(client, "/predict", """{"customer_id":1,"merchant_id":1,"amount":1}""");
        var ready = await Answer.GetAsync(client, "/health/ready");
        var document = await Answer.GetAsync(client, "/openapi/v1.json");
        var page = await Answer.GetAsync(client, "/docs");
        var models = await Answer.GetAsync(client, "/models");
        var nothing = await Answer.GetAsync(client, "/nothing");
        await app.StopAsync();

        Assert.Equal(HttpStatusCode.OK, predict.Status);
        Assert.All([ready, document, page, models], answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        nothing.IsProblem(HttpStatusCode.NotFound);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
