using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Levee.Api.Tests;

public sealed class OwnProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>Nothing listens on port 1.</summary>
    private const string NoDatabase = "Host=127.0.0.1;Port=1;Database=levee;Username=levee;Timeout=1";

    [Fact]
    public async Task Without_a_cluster_it_lives_says_503_and_stops_on_SIGTERM()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var process = OwnProcess.Start(("Levee__Postgres__ConnectionString", NoDatabase));
        await process.WaitUntilAliveAsync();

        var ready = await Answer.GetAsync(process.Client, "/health/ready");
        var health = await Answer.GetAsync(process.Client, "/health");
        var predict = await Answer.PostAsync(process.Client, "/predict", """{"customer_id":1,"merchant_id":1,"amount":1}""");
        var models = await Answer.GetAsync(process.Client, "/models");
        var invalid = await Answer.PostAsync(process.Client, "/predict", "{}");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.Status);
        predict.IsProblem(HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(predict.Response.Headers.RetryAfter);
        models.IsProblem(HttpStatusCode.ServiceUnavailable);
        invalid.IsProblem(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await Answer.GetAsync(process.Client, "/openapi/v1.json")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Answer.GetAsync(process.Client, "/metrics")).Status);

        process.Terminate();
        var (code, output) = await process.WaitForExitAsync(limit.Token);
        Assert.True(code == 0, output);
        Assert.DoesNotContain("Unhandled exception", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_ends_it_with_a_sentence()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await using var process = OwnProcess.Start(("Levee__Postgres__ConnectionString", NoDatabase), ("Levee__Port", port));
        var (code, output) = await process.WaitForExitAsync(limit.Token);

        Assert.Equal(1, code);
        Assert.Contains("Set Levee:Port to another port.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Levee__Postgres__ConnectionString", "", "Levee:Postgres:ConnectionString is not set")]
    [InlineData("Levee__Api__PredictTimeout", "-00:00:01", "Levee:Api:PredictTimeout must lie between")]
    [InlineData("Levee__Api__MaxLabels", "0", "Levee:Api:MaxLabels must lie between")]
    [InlineData("Levee__Port", "70000", "Levee:Port")]
    [InlineData("Levee__Security__KeyRefresh", "00:00:00", "Levee:Security:KeyRefresh must lie between")]
    [InlineData("Levee__Security__Keys__0__Name", "a key", "Levee:Security:Keys:0:Name must be")]
    [InlineData("Levee__Security__Jwt__Authority", "http://login.example", "Levee:Security:Jwt:Authority must be an https address")]
    [InlineData("Levee__Security__CorsOrigins__0", "*", "Levee:Security:CorsOrigins:0 must be an origin")]
    [InlineData("Levee__Tls__Certificate", "/nowhere.pem", "Levee:Tls:Certificate and Levee:Tls:Key must be set both")]
    public async Task Bad_settings_end_it_with_the_key(string key, string value, string message)
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var process = OwnProcess.Start(("Levee__Postgres__ConnectionString", NoDatabase), (key, value));
        var (code, output) = await process.WaitForExitAsync(limit.Token);

        Assert.Equal(1, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }
}
