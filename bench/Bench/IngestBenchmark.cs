namespace Levee.Bench;

internal sealed class IngestBenchmark(BenchArguments arguments) : IBenchmark
{
    public Task<Report> RunAsync(CancellationToken stop) => throw new BenchException($"{arguments.What} not yet", ExitCodes.NotMeasured);
}
