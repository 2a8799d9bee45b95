namespace Levee.Integration.Harness;

/// <summary>The embedded broker in a process of its own, so that it outlives the silos that a test kills.</summary>
public sealed class Broker : IAsyncDisposable
{
    private readonly LeveeProcess _process;

    private Broker(LeveeProcess process, string bootstrapServers)
    {
        _process = process;
        BootstrapServers = bootstrapServers;
    }

    public string BootstrapServers { get; }

    public static async Task<Broker> StartAsync()
    {
        var file = Path.Combine(Path.GetTempPath(), $"levee-broker-{Guid.NewGuid():N}");
        var process = LeveeProcess.Start(Programs.Cli,
        [
            "broker", "--port-file", file, "--topic", "transactions:12", "--topic", "labels:4", "--topic", "transactions.dead-letter:4",
            "--topic", "labels.dead-letter:4", "--topic", "fraud-scores:4",
        ]);
        var bootstrap = await Until.HoldsAsync(
            async () => File.Exists(file) ? (await File.ReadAllTextAsync(file)).Trim() : "",
            text => text.Length > 0,
            TimeSpan.FromSeconds(30),
            "The broker writes its address",
            () => process.Output);
        File.Delete(file);
        return new Broker(process, bootstrap);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
