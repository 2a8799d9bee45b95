using System.Diagnostics;
using System.Globalization;

namespace Levee.Bench.Serving;

/// <summary>
/// More is asked than can be answered, by callers who ask again at once or when they were told to: what one caller among them sees. The silo has one core and those
/// who ask another one, for where they share all cores a load generator that is short of time asks less.
/// </summary>
internal sealed class OverloadSoak(BenchArguments arguments) : IBenchmark
{
    private const int SiloCore = 0;
    private const int CallersCore = 1;
    private const int UsualConnections = 64;

    // Three times what can be answered within half as much again as the delay that the API holds by default (MaxArrivalDelay).
    private const double MostWaitSeconds = 0.15;
    private const int Times = 3;
    private const int FewConnections = 2_000;
    private const int MostConnections = 15_000;
    private const int CallerRate = 200;
    private const double AnswerLimit = 500;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(15);

    private readonly List<Comparison> _lines = [];

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        Console.WriteLine("Starting PostgreSQL, the broker and Levee (the first start loads a history and trains)...");
        await using var rig = await ServingRig.StartAsync(arguments.Root, new Dictionary<string, string>(), stop);
        using var meter = new LoadMeter(rig.Wrk, rig.PostgresId);
        await meter.WarmUpAsync(new LoadTarget("warm-up", rig.Address, "/predict", []), stop);
        await KeepToAsync(SiloCore, rig.Levee.Id, stop);
        await Callers(rig).RunAsync(rig.Address, arguments.Stretch * 2, stop, UsualConnections);
        var usual = await Callers(rig).RunAsync(rig.Address, arguments.Stretch, stop, UsualConnections);
        Note(
            Comparison.Info(Text($"{UsualConnections} connections: answers"), new Measure("/s", [usual.PerSecond])),
            Comparison.AtMost(Text($"{UsualConnections} connections: refused"), new Measure("", [usual.StatusErrors]), 0));
        await FloodAsync(rig, FewConnections, patient: false, stop);
        await FloodAsync(rig, Math.Clamp((int)(usual.PerSecond * MostWaitSeconds * Times), FewConnections, MostConnections), patient: true, stop);
        await CalmAsync(rig, stop);
        return new Report
        {
            What = "overload",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines = _lines,
            Protocol =
            [
                "One silo with its API on one core, wrk on another; PostgreSQL, the broker and the caller that is watched have what these leave.",
                $"wrk -t1, each connection of which asks again as soon as it has an answer; the {FewConnections:N0} also as soon as they are refused, the last after a second, as Retry-After says.",
                $"Last: {Times} times as many as the service can answer within {MostWaitSeconds * 1_000:0} ms, at most {MostConnections:N0}.",
                $"Beside them a caller with {CallerRate} requests/s for {Watched.TotalSeconds:0} s, open loop, latency counted from when each was due; {Settling.TotalSeconds:0} s after the others began.",
            ],
        };
    }

    private async Task FloodAsync(ServingRig rig, int connections, bool patient, CancellationToken stop)
    {
        using var caller = new OpenLoop(new Uri(rig.Address, "predict"), rig.Bodies, CallerRate);
        var flooding = Callers(rig, patient).RunAsync(rig.Address, Settling + Watched + TimeSpan.FromSeconds(1), stop, connections);
        await Task.Delay(Settling, stop);
        var seen = await caller.RunAsync(Watched, stop);
        var flood = await flooding;
        var seconds = flood.DurationMicros / 1e6;
        var name = Text($"{connections:N0} connections");
        Note(
            Comparison.Info($"{name}: answers", new Measure("/s", [flood.PerSecond])),
            Comparison.Info($"{name}: refused with 429", new Measure("/s", [flood.StatusErrors / seconds])),
            Comparison.Info($"{name}: p50 of a caller's answers", new Measure("ms", [seen.Latencies.PercentileMilliseconds(50)])),
            Comparison.AtMost($"{name}: p99 of a caller's answers", new Measure("ms", [seen.Latencies.PercentileMilliseconds(99)]), AnswerLimit),
            Comparison.Info($"{name}: a caller's requests refused", new Measure("%", [100.0 * caller.Refusals.Count / (CallerRate * Watched.TotalSeconds)])),
            Comparison.AtMost($"{name}: a caller's requests failed otherwise", new Measure("", [seen.Failures - caller.Refusals.Count]), 0));
    }

    /// <summary>After the flood everybody is let in again.</summary>
    private async Task CalmAsync(ServingRig rig, CancellationToken stop)
    {
        await Task.Delay(Settling, stop);
        var usual = await Callers(rig).RunAsync(rig.Address, arguments.Stretch, stop, UsualConnections);
        Note(
            Comparison.Info(Text($"{UsualConnections} connections again: answers"), new Measure("/s", [usual.PerSecond])),
            Comparison.AtMost(Text($"{UsualConnections} connections again: refused"), new Measure("", [usual.StatusErrors]), 0));
    }

    private static Wrk Callers(ServingRig rig, bool patient = false) => rig.Wrk.On(CallersCore, patient);

    private static async Task KeepToAsync(int core, int process, CancellationToken stop)
    {
        using var taskset = Process.Start(new ProcessStartInfo("taskset", ["-a", "-c", "-p", $"{core}", $"{process}"]) { RedirectStandardOutput = true })
            ?? throw new BenchException("taskset did not start.");
        await taskset.StandardOutput.ReadToEndAsync(stop);
        await taskset.WaitForExitAsync(stop);
        if (taskset.ExitCode != 0)
        {
            throw new BenchException(Text($"The silo cannot be kept to core {core}: taskset ended with {taskset.ExitCode}."));
        }
    }

    private void Note(params ReadOnlySpan<Comparison> lines)
    {
        foreach (var line in lines)
        {
            _lines.Add(line);
            Console.WriteLine(Text($"  {line.Name}: {line.Levee.Median:N1} {line.Levee.Unit}"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
