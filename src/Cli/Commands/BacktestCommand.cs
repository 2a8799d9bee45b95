using System.CommandLine;
using System.Globalization;
using Levee.Features;
using Levee.Training;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee backtest</c>.</summary>
internal static class BacktestCommand
{
    public static Command Create()
    {
        var options = new BacktestOptions();
        var command = new Command(
            "backtest",
            "Measures the default model on a file of labelled transactions, by the prequential protocol of the Fraud-Detection-Handbook: train, " +
            "let the labels' delay pass, test, move on. Customers known to be defrauded are left out of the test. The vectors come from the " +
            "windows of the grains; features see a label seven days after its transaction.");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var protocol = options.Protocol(parsed);
            var json = options.Json(parsed);
            var (data, result) = await BacktestProgress.RunAsync(
                json == "-" ? TextWriter.Null : output,
                protocol,
                progress => Run(options, parsed, protocol, progress, cancellationToken));
            if (json == "-")
            {
                await output.WriteLineAsync(result.ToJson(protocol));
                return ExitCodes.Success;
            }

            Show(Screen.Of(output), protocol, data, result);
            if (json is not null)
            {
                await File.WriteAllTextAsync(json, result.ToJson(protocol) + Environment.NewLine, cancellationToken);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static (BacktestData Data, BacktestResult Result) Run(
        BacktestOptions options, ParseResult parsed, BacktestProtocol protocol, BacktestProgress progress, CancellationToken ct)
    {
        try
        {
            var data = BacktestData.Load(
                options.Data(parsed), options.File(parsed), protocol, options.Features(parsed), progress.Reading, ct);
            return (data, Backtester.Run(data.Rows, protocol, new TrainingOptions(), options.Columns(parsed), progress.Done, ct));
        }
        catch (TransactionFileException exception)
        {
            throw new CliException($"--data: {exception.Message}", exception);
        }
        catch (TrainingDataException exception)
        {
            throw new CliException(exception.Message, exception);
        }
    }

    private static void Show(IAnsiConsole console, BacktestProtocol protocol, BacktestData data, BacktestResult result)
    {
        var table = Screen.NewTable("Training from", "Test from", "Train rows", "Frauds", "Test rows", "Frauds", "Left out", "AUC", "AP", "CP@100");
        foreach (var fold in result.Folds)
        {
            table.Add(
                Day(fold.Rows.FirstDay),
                Day(fold.Rows.FirstDay + protocol.TrainDays + protocol.DelayDays),
                Count(fold.Rows.Train.Count),
                Count(fold.Rows.Train.Count(row => row.IsFraud)),
                Count(fold.Rows.Test.Count),
                Count(fold.Rows.Test.Count(row => row.IsFraud)),
                Count(fold.Rows.LeftOut),
                Figure(fold.Auc),
                Figure(fold.AveragePrecision),
                Figure(fold.CardPrecision));
        }

        table.Add("mean", "", "", "", "", "", "", Figure(result.Auc.Mean), Figure(result.AveragePrecision.Mean), Figure(result.CardPrecision.Mean));
        table.Add("std", "", "", "", "", "", "", Figure(result.Auc.Std), Figure(result.AveragePrecision.Std), Figure(result.CardPrecision.Std));
        console.Write(table);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{data.Folded:N0} transactions folded, {data.Skipped:N0} repeated, {data.Rejected.Count:N0} rejected." +
            $"{(data.WasSorted ? " The file was not in the order of time and was sorted in memory." : "")}"));
        foreach (var reason in data.Rejected.Reasons)
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Rejected {reason.Count:N0} rows: {reason.Field}: {reason.Message} (rows {string.Join(", ", reason.FirstRows)}" +
                $"{(reason.Count > reason.FirstRows.Count ? ", ..." : "")})"));
        }
    }

    private static string Count(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Figure(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    private static string Day(long day) =>
        UnixMicros.ToDateTimeOffset(day * UnixMicros.PerDay).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
