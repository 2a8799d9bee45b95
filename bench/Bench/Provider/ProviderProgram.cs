using System.Diagnostics;
using System.Globalization;
using System.Net;
using Levee.Streaming.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Levee.Bench.Provider;

/// <summary>
/// The stream provider by itself, in a process of its own: reads what the topic holds into grains that only count. The first quarter is
/// warm-up.
/// </summary>
internal static class ProviderProgram
{
    public const string Command = "provider";

    private const string Mark = "Provider: ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs it beside this process.</summary>
    /// <param name="bootstrapServers">The brokers.</param>
    /// <param name="count">Records that the topic holds.</param>
    /// <param name="logFolder">For its output.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Events a second, and CPU microseconds for each.</returns>
    public static async Task<(double Rate, double Cpu)> MeasureAsync(string bootstrapServers, long count, string logFolder, CancellationToken stop)
    {
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var process = ServiceProcess.Start(
            "provider",
            logFolder,
            "dotnet",
            [typeof(ProviderProgram).Assembly.Location, Command, bootstrapServers, count.ToString(CultureInfo.InvariantCulture)],
            output: line =>
            {
                if (line.StartsWith(Mark, StringComparison.Ordinal))
                {
                    answer.TrySetResult(line[Mark.Length..]);
                }
            });
        var figures = (await answer.Task.WaitAsync(Patience, stop)).Split(' ');
        return (double.Parse(figures[0], CultureInfo.InvariantCulture), double.Parse(figures[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Is the provider until it has read everything.</summary>
    public static async Task<int> RunAsync(string bootstrapServers, long count, CancellationToken stop)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(ServiceProcess.FreePort(), ServiceProcess.FreePort())
            .Configure<EndpointOptions>(endpoints => endpoints.AdvertisedIPAddress = IPAddress.Loopback)
            .AddKafkaStreams("kafka", (KafkaStreamOptions streams) =>
            {
                streams.BootstrapServers = bootstrapServers;

                // A group of its own each time: it has committed nothing and begins at the log's beginning.
                streams.GroupId = $"bench-provider-{Environment.ProcessId}";
                streams.GrainsOf = (grains, stream) =>
                    [grains.GetGrain<IEventGrain>(long.Parse(stream.GetKeyAsString(), CultureInfo.InvariantCulture))];
                streams.AddTopic<EventAdapter>(TransactionSource.Topic);
            }));
        using var host = builder.Build();
        await host.StartAsync(stop);
        await CountAsync(count / 4, stop);
        var (begun, startedAt, cpuAt) = (EventGrain.Count, Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await CountAsync(count, stop);
        var events = count - begun;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Mark}{events / Stopwatch.GetElapsedTime(startedAt).TotalSeconds:0} {(Environment.CpuUsage.TotalTime - cpuAt).TotalMicroseconds / events:0.0}"));
        await host.StopAsync(stop);
        return ExitCodes.Met;
    }

    private static async Task CountAsync(long wanted, CancellationToken stop)
    {
        while (EventGrain.Count < wanted)
        {
            await Task.Delay(Pause, stop);
        }
    }
}
