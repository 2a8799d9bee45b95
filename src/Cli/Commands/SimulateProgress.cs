using System.Globalization;
using Levee.Simulation;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary>Shows what the simulator does: one line that changes on a terminal, else a line now and then.</summary>
internal static class SimulateProgress
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);

    /// <summary>Shows the counts until cancelled, which is its normal end.</summary>
    public static Task ShowAsync(KafkaSimulator simulator, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Screen.IsInteractive(output))
        {
            return EveryAsync(PlainInterval, simulator, time, output.WriteLine, cancellationToken);
        }

        var console = Screen.Of(output);
        return console.Status().StartAsync("Connecting", context => EveryAsync(
            LiveInterval, simulator, time, line => context.Status(Markup.Escape(line)), cancellationToken));
    }

    /// <summary>What was done, at the end.</summary>
    public static string Summary(SimulatorCounts counts) => string.Create(
        CultureInfo.InvariantCulture,
        $"Produced {counts.Records} records: {counts.Transactions} transactions ({counts.Frauds} frauds, {counts.Late} late), " +
        $"{counts.Repeats} repeated, {counts.Poison} unusable; {counts.Labels} labels; {counts.Failed} not delivered.");

    private static async Task EveryAsync(
        TimeSpan interval, KafkaSimulator simulator, TimeProvider time, Action<string> show, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        var (last, at) = (simulator.Counts, time.GetTimestamp());
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var (counts, now) = (simulator.Counts, time.GetTimestamp());
                show(Line(counts, (counts.Records - last.Records) / time.GetElapsedTime(at, now).TotalSeconds));
                (last, at) = (counts, now);
            }
        }
        catch (OperationCanceledException)
        {
            // The simulator has finished.
        }
    }

    private static string Line(SimulatorCounts counts, double perSecond)
    {
        var trouble = counts.LastError is { } error ? $"; {error}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.Records} records, {perSecond:F0}/s, {counts.Frauds} frauds, {counts.Labels} labels, " +
            $"{counts.Records + counts.Labels - counts.Acknowledged - counts.Failed} on their way{trouble}");
    }
}
