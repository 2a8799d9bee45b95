using Levee.Silo.FirstStart;
using Levee.Silo.Hosting;
using Spectre.Console;

namespace Levee.Silo;

/// <summary>The life of one silo: servers, schema, first model, host, and the same way back.</summary>
internal static class LeveeSilo
{
    /// <summary>Runs until SIGINT or SIGTERM.</summary>
    /// <returns>0 after a clean stop, 1 when it could not start; the reason is one sentence on standard error.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        using var signals = new StopSignals();
        var time = TimeProvider.System;
        try
        {
            var arguments = SiloArguments.Parse(args);
            if (arguments.Help)
            {
                Console.WriteLine(SiloArguments.Usage);
                return 0;
            }

            await RunAsync(arguments, time, signals);
            return 0;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception exception) when (StartupErrors.Explain(exception) is { } sentence)
        {
            await Console.Error.WriteLineAsync($"levee: {sentence}");
            return 1;
        }
    }

    private static async Task RunAsync(SiloArguments arguments, TimeProvider time, StopSignals signals)
    {
        var started = time.GetTimestamp();
        var progress = new StartupProgress(AnsiConsole.Console, time);
        var settings = SiloSettings.Load(arguments);
        PortCheck.RequireFree(settings.Port);
        KafkaCheck.RequireValid(settings.Kafka);

        await using var servers = new EmbeddedServers(settings);
        await servers.StartAsync(progress, signals.Token);
        try
        {
            await RunAsync(settings, servers, progress, started, time, signals);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && servers.IsDiskFull)
        {
            throw new StartupException($"The disk of {settings.DataDirectory} is full: make room there, or choose another folder with --data DIR.", exception);
        }
    }

    private static async Task RunAsync(
        SiloSettings settings, EmbeddedServers servers, StartupProgress progress, long started, TimeProvider time, StopSignals signals)
    {
        await using var database = await Database.OpenAsync(servers.PostgresConnectionString, progress, signals.Token);
        var model = await new FirstModel(database, settings, settings.Features, time).EnsureAsync(progress, signals.Token);

        var app = SiloHost.Build(settings, servers);
        try
        {
            await progress.RunAsync("Starting the silo", async _ =>
            {
                await app.StartAsync(signals.Token);
                await SiloReadiness.WaitAsync(app.Services, needsModel: model is not null, signals.Token);
                return true;
            });
            StartupSummary.Print(AnsiConsole.Console, settings, servers, model, time.GetElapsedTime(started));
            await signals.WaitAsync();
        }
        finally
        {
            await SiloStop.StopAsync(app, time);
        }
    }
}
