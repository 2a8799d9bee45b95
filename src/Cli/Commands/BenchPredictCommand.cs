using System.CommandLine;
using System.Globalization;
using Levee.Cli.Load;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee bench predict</c>.</summary>
internal static class BenchPredictCommand
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var url = CommonOptions.Url();
        var rate = CommonOptions.Number("--rate", "Requests a second, sent whether or not earlier ones were answered.", 1, 1_000_000, 100);
        var duration = new Option<TimeSpan>("--duration")
        {
            Description = "How long, such as 30s or 5m.",
            HelpName = "time",
            DefaultValueFactory = _ => TimeSpan.FromSeconds(30),
            CustomParser = result => CommonOptions.ParseDuration(result) ?? default,
        };
        var connections = CommonOptions.Number("--connections", "Most connections at once.", 1, 10_000, 64);
        var customers = CommonOptions.Number("--customers", "Customers 1 to this many are scored.", 1, int.MaxValue - 1, 1_000);
        var key = new Option<string?>("--api-key") { Description = "Sent as X-Api-Key.", HelpName = "key" };
        var json = new Option<FileInfo?>("--json") { Description = "Writes the figures to this file too.", HelpName = "file" };
        var command = new Command(
            "predict",
            "Sends transactions to POST /predict at a fixed rate. Latencies count from when a request was due, so that a server that stands " +
            "still is charged for all that waited. They are of scored requests; errors are counted by kind. Exit code 1 when there were any.")
        {
            url, rate, duration, connections, customers, key, json,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new LoadOptions
            {
                Url = parsed.GetRequiredValue(url),
                Rate = parsed.GetValue(rate),
                Duration = parsed.GetValue(duration),
                Connections = parsed.GetValue(connections),
                Customers = parsed.GetValue(customers),
                ApiKey = parsed.GetValue(key),
            },
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(LoadOptions options, FileInfo? json, TextWriter output, CancellationToken cancellationToken)
    {
        using var load = new OpenLoopLoad(options);
        using var finished = new CancellationTokenSource();
        var progress = ShowAsync(load, output, TimeProvider.System, finished.Token);
        TimeSpan elapsed;
        try
        {
            elapsed = await load.RunAsync(cancellationToken);
        }
        finally
        {
            await finished.CancelAsync();
            await progress;
        }

        var report = new LoadReport(options, load.Counts, elapsed);
        report.Show(Screen.Of(output));
        if (json is not null)
        {
            await using var file = json.Create();
            report.WriteJson(file);
        }

        return load.Counts.Failed == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static Task ShowAsync(OpenLoopLoad load, TextWriter output, TimeProvider time, CancellationToken cancellationToken) =>
        Screen.IsInteractive(output)
            ? Screen.Of(output).Status().StartAsync("Connecting", context => EveryAsync(
                LiveInterval, load, time, line => context.Status(Markup.Escape(line)), cancellationToken))
            : EveryAsync(PlainInterval, load, time, output.WriteLine, cancellationToken);

    private static async Task EveryAsync(
        TimeSpan interval, OpenLoopLoad load, TimeProvider time, Action<string> show, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        var (last, at) = (load.Counts.Succeeded, time.GetTimestamp());
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var (scored, now) = (load.Counts.Succeeded, time.GetTimestamp());
                show(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{scored} scored, {(scored - last) / time.GetElapsedTime(at, now).TotalSeconds:F0}/s, {load.Counts.Failed} errors, " +
                    $"{load.InFlight} on their way, p50 {load.Counts.Milliseconds(50):F2} ms, p99 {load.Counts.Milliseconds(99):F2} ms"));
                (last, at) = (scored, now);
            }
        }
        catch (OperationCanceledException)
        {
            // The load has ended.
        }
    }
}
