namespace Levee.Bench;

/// <summary>One command of the script: measures Levee and its baseline in the same run.</summary>
internal interface IBenchmark
{
    Task<Report> RunAsync(CancellationToken stop);
}
