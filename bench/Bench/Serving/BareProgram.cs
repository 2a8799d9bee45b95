using System.Globalization;
using System.Net;
using Levee.Features;
using Levee.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Levee.Bench.Serving;

/// <summary>
/// What the same server takes for less than /predict: POST /noop reads the body and answers, POST /model also scores a row. It is no
/// part of the product and runs in a process of its own.
/// </summary>
internal static class BareProgram
{
    public const string Command = "bare";

    private static readonly byte[] Answer =
        """{"is_fraud":0,"fraud_probability":0.0123456789,"latency_ms":0.05,"model_version":"v1"}"""u8.ToArray();

    private static long _requests;

    /// <summary>Starts this program again as that server.</summary>
    public static async Task<(ServiceProcess Process, Uri Address)> StartAsync(
        string logFolder, string artifactFile, CancellationToken stop)
    {
        var port = ServiceProcess.FreePort();
        var address = new Uri($"http://127.0.0.1:{port}/");
        var process = ServiceProcess.Start(
            Command, logFolder, Environment.ProcessPath!, [.. BrokerProgram.ManagedProgram(), Command, artifactFile, $"{port}"]);
        try
        {
            await process.WaitUntilReadyAsync(new Uri(address, "metrics"), TimeSpan.FromSeconds(60), stop);
            return (process, address);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Is the server until the token ends it.</summary>
    public static async Task<int> RunAsync(string artifactFile, int port, CancellationToken stop)
    {
        var artifact = ModelArtifact.FromBytes(await File.ReadAllBytesAsync(artifactFile, stop), FeatureList.Default.Hash);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddRouting();
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        await using var app = builder.Build();
        app.MapPost("/noop", AnswerAsync);
        app.MapPost("/model", async context =>
        {
            var row = (int)(Interlocked.Increment(ref _requests) % artifact.Probe.Count);
            var probability = artifact.Predict(artifact.Probe.Rows.Slice(row * artifact.Probe.Columns, artifact.Probe.Columns));
            context.Response.Headers["X-Score"] = probability.ToString(CultureInfo.InvariantCulture);
            await AnswerAsync(context);
        });
        app.MapGet(
            "/metrics", () => string.Create(CultureInfo.InvariantCulture, $"{ServiceMetrics.AllocatedBytes} {GC.GetTotalAllocatedBytes()}\n"));
        await app.StartAsync(stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
        return ExitCodes.Met;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync();
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Answer.Length;
        await context.Response.BodyWriter.WriteAsync(Answer);
    }
}
