using Levee.Embedded;

namespace Levee.Bench;

/// <summary>The embedded broker in a process of its own, so that it takes no time from either side's process.</summary>
internal static class BrokerProgram
{
    public const string Command = "broker";
    public const int Partitions = 12;

    private const string AddressMark = "Kafka: ";

    private static readonly string[] Topics =
        [TransactionSource.Topic, $"{TransactionSource.Topic}.dead-letter", "labels", "labels.dead-letter", "fraud-scores"];

    /// <summary>Starts this program again as a broker.</summary>
    public static async Task<(ServiceProcess Process, string BootstrapServers)> StartAsync(string logFolder, CancellationToken stop)
    {
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = ServiceProcess.Start(
            "broker", logFolder, Environment.ProcessPath!, [.. ManagedProgram(), Command],
            output: line =>
            {
                if (line.StartsWith(AddressMark, StringComparison.Ordinal))
                {
                    address.TrySetResult(line[AddressMark.Length..]);
                }
            });
        try
        {
            var bootstrap = await address.Task.WaitAsync(TimeSpan.FromSeconds(20), stop);
            return (process, bootstrap);
        }
        catch (TimeoutException)
        {
            process.ThrowIfExited();
            await process.DisposeAsync();
            throw new BenchException("The broker did not start within 20 s.");
        }
    }

    /// <summary>Is the broker until the token ends it.</summary>
    public static async Task<int> RunAsync(CancellationToken stop)
    {
        using var kafka = EmbeddedKafka.Start();
        foreach (var topic in Topics)
        {
            kafka.CreateTopic(topic, Partitions);
        }

        Console.WriteLine($"{AddressMark}{kafka.BootstrapServers}");
        await Task.Delay(Timeout.InfiniteTimeSpan, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
        return ExitCodes.Met;
    }

    // Run as "dotnet Levee.Bench.dll" the process is dotnet; run by its own host it needs no argument.
    public static string[] ManagedProgram() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(BrokerProgram).Assembly.Location] : [];
}
