using System.CommandLine;
using System.Globalization;
using Levee.Features;
using Levee.Parity;
using Npgsql;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee parity</c>.</summary>
internal static class ParityCommand
{
    private const int MaxShown = 100;

    public static Command Create()
    {
        var database = new DatabaseChoice();
        var since = new Option<DateTimeOffset?>("--since")
        {
            Description = "Checks the predictions that were made from then on: a time such as 2026-01-31T12:00:00Z, or how long ago, such as 2h.",
            HelpName = "time",
            CustomParser = CommonOptions.ParseSince,
        };
        var rows = CommonOptions.OptionalNumber<int>("--rows", "Checks so many stored transactions, chosen at random.", 1, 10_000_000);
        var seed = CommonOptions.Number<long>("--seed", "Another seed, other transactions.", long.MinValue, long.MaxValue, 1);
        var topic = new Option<string>("--topic") { Description = "Topic of the transactions.", DefaultValueFactory = _ => "transactions" };
        var command = new Command(
            "parity",
            "Computes feature vectors again from raw rows and labels, with a naive oracle instead of the grains' windows, and compares them bit " +
            "for bit: those of logged predictions (--since), or of stored transactions with what the windows, the data sets and the stored " +
            "states say of them (--rows). Exit code 1 when anything differs or there is nothing to compare. Silos may run meanwhile.")
        {
            since, rows, seed, topic,
        };
        database.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(since) is null or { Implicit: true } && result.GetResult(rows) is null or { Implicit: true })
            {
                result.AddError("Give --since TIME, --rows N, or both.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new ParityOptions { Topic = parsed.GetRequiredValue(topic) };
            await using var source = database.Open(parsed);
            var check = new Check(source, options, parsed.InvocationConfiguration.Output);
            var same = true;
            if (parsed.GetValue(since) is { } time)
            {
                same = await check.PredictionsAsync(time, cancellationToken);
            }

            if (parsed.GetValue(rows) is { } count)
            {
                same &= await check.RowsAsync(count, parsed.GetValue(seed), cancellationToken);
            }

            return same ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    private sealed class Check(NpgsqlDataSource source, ParityOptions options, TextWriter output)
    {
        private int _shown;

        public async Task<bool> PredictionsAsync(DateTimeOffset since, CancellationToken cancellationToken)
        {
            var parity = new PredictionParity(source, CliConfiguration.Features(), CurrencyTable.Default, options, Show);
            var result = await WatchAsync("predictions compared", onProgress => parity.RunAsync(since, onProgress, cancellationToken));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Compared} predictions compared, {result.Different} mismatches. Not compared: {result.Degraded} degraded, " +
                $"{result.Incomplete} not yet complete, {result.OtherFeatures} on another feature list, " +
                $"{result.Unlogged} from before the log said what their merchant knew."));

            // Nothing compared shows nothing.
            return result.Different == 0 && result.Compared > 0;
        }

        public async Task<bool> RowsAsync(int rows, long seed, CancellationToken cancellationToken)
        {
            var parity = new RowParity(source, CliConfiguration.Features(), options, Show);
            var result = await WatchAsync("vectors compared", onProgress => parity.RunAsync(rows, seed, onProgress, cancellationToken));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{result.Compared} vectors of stored transactions compared, {result.Different} mismatches."));
            return result.Different == 0 && result.Compared > 0;
        }

        private void Show(ParityMismatch mismatch)
        {
            if (++_shown <= MaxShown)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{mismatch.Source} {mismatch.Id}: {mismatch.Feature}: logged {mismatch.Logged:R}, recomputed {mismatch.Recomputed:R}"));
            }
            else if (_shown == MaxShown + 1)
            {
                output.WriteLine($"More than {MaxShown} values differ; the others are counted only.");
            }
        }

        private async Task<ParityResult> WatchAsync(string what, Func<Action<ParityResult>, Task<ParityResult>> run)
        {
            if (!Screen.IsInteractive(output))
            {
                return await run(_ => { });
            }

            ParityResult result = default;
            await Screen.Of(output).Status().StartAsync(what, async context => result = await run(
                progress => context.Status(string.Create(CultureInfo.InvariantCulture, $"{progress.Compared} {what}"))));
            return result;
        }
    }
}
