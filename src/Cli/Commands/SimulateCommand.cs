using System.CommandLine;
using Levee.Simulation;

namespace Levee.Cli.Commands;

/// <summary><c>levee simulate</c>.</summary>
internal static class SimulateCommand
{
    private const double DefaultRate = 10;

    public static Command Create()
    {
        var options = new SimulateOptions();
        var command = new Command(
            "simulate",
            "Produces simulated card transactions to Kafka: customers with habits, merchants, several kinds of fraud, late and repeated " +
            "deliveries, and labels when they become known. The same seed gives the same transactions. Ctrl+C or SIGTERM ends it.");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(SimulateOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        var simulation = options.Simulation(parsed);
        var kafka = options.Kafka(parsed);
        using var writer = options.Output(parsed) is { } file ? new ProducedRecordWriter(file) : null;
        kafka.Produced = writer is null ? null : writer.Write;
        var output = parsed.InvocationConfiguration.Output;
        KafkaSimulator simulator;
        try
        {
            simulator = new KafkaSimulator(simulation, kafka);
        }
        catch (ArgumentException exception)
        {
            throw new CliException(exception.Message, exception);
        }

        using var finished = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var progress = SimulateProgress.ShowAsync(simulator, output, TimeProvider.System, finished.Token);
        SimulatorCounts counts;
        try
        {
            counts = options.IsReplay(parsed)
                ? await simulator.ReplayAsync(options.Rate(parsed), cancellationToken)
                : await simulator.RunLiveAsync(options.Rate(parsed) ?? DefaultRate, cancellationToken);
        }
        finally
        {
            await finished.CancelAsync();
            await progress;
        }

        await output.WriteLineAsync(SimulateProgress.Summary(counts));
        var lost = counts.Records + counts.Labels - counts.Acknowledged;
        return lost == 0
            ? ExitCodes.Success
            : throw new CliException($"{lost} records were not delivered: {counts.LastError ?? "the brokers did not answer in time"}");
    }
}
