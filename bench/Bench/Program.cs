using System.Globalization;
using System.Runtime.InteropServices;
using Levee.Bench;
using Levee.Bench.Import;
using Levee.Bench.Infer;
using Levee.Bench.Provider;
using Levee.Bench.Quality;
using Levee.Bench.Serving;
using Levee.Bench.Train;

// Children outlive a killed parent: both signals end the run through the token, and with it every process that it started.
using var stop = new CancellationTokenSource(BenchArguments.TimeLimit);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    if (args is [BrokerProgram.Command] or [ProviderProgram.Command, ..] or [BareProgram.Command, ..])
    {
        // Their time is their parent's, which may be a soak of any length. One whose parent was killed ends by itself at last.
        stop.CancelAfter(BenchArguments.ChildTimeLimit);
    }

    if (args is [BrokerProgram.Command])
    {
        return await BrokerProgram.RunAsync(stop.Token);
    }

    if (args is [ProviderProgram.Command, var brokers, var count])
    {
        return await ProviderProgram.RunAsync(brokers, long.Parse(count, CultureInfo.InvariantCulture), stop.Token);
    }

    if (args is [BareProgram.Command, var artifact, var port])
    {
        return await BareProgram.RunAsync(artifact, int.Parse(port, CultureInfo.InvariantCulture), stop.Token);
    }

    var arguments = BenchArguments.Parse(args);
    if (arguments.What is "memory" or "serving")
    {
        stop.CancelAfter(BenchArguments.TimeLimit + arguments.Duration);
    }

    IBenchmark benchmark = arguments.What switch
    {
        "predict" => new PredictBenchmark(arguments),
        "ingest" => new IngestBenchmark(arguments),
        "idle" => new IdleBenchmark(arguments),
        "quality" => new QualityBenchmark(arguments),
        "train" => new TrainBenchmark(arguments),
        "infer" => new InferBenchmark(arguments),
        "import" => new ImportBenchmark(arguments),
        "memory" => new MemorySoak(arguments),
        "prediction-log" => new PredictionLogSoak(arguments),
        "serving" => new ServingSoak(arguments),
        "overload" => new OverloadSoak(arguments),
        _ => throw new BenchException($"\"{arguments.What}\" is not yet measured; predict, ingest, idle, infer, quality, train and import are.", ExitCodes.NotMeasured),
    };
    var report = await benchmark.RunAsync(stop.Token);
    report.Publish(arguments);
    return report.ExitCode;
}
catch (BenchException error)
{
    Console.Error.WriteLine(error.Message);
    return error.ExitCode;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine($"Stopped before the end: interrupted, or not done within {BenchArguments.TimeLimit.TotalMinutes:0.#} minutes.");
    return ExitCodes.TooBusy;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
