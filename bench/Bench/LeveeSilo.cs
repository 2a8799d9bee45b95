namespace Levee.Bench;

/// <summary>Levee's silo as run.sh starts it, without the live simulator, in a folder of its own.</summary>
internal static class LeveeSilo
{
    public static async Task<(ServiceProcess Process, Uri Address)> StartAsync(
        string root,
        string dataFolder,
        string logFolder,
        IReadOnlyDictionary<string, string>? configuration,
        CancellationToken stop,
        string name = "levee")
    {
        var program = Path.Combine(root, "src", "Silo", "bin", "Release", "net10.0", "Levee.Silo.dll");
        if (!File.Exists(program))
        {
            throw new BenchException($"{program} is missing: scripts/bench.sh builds it.");
        }

        var port = ServiceProcess.FreePort();
        var process = ServiceProcess.Start(
            name, logFolder, "dotnet", [program, "--data", dataFolder, "--port", $"{port}", "--no-demo"], configuration);
        var address = new Uri($"http://127.0.0.1:{port}/");
        try
        {
            // The first start in a folder loads a history and trains on it.
            await process.WaitUntilReadyAsync(new Uri(address, "health/ready"), TimeSpan.FromSeconds(180), stop);
            return (process, address);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
