namespace Levee.Bench;

/// <summary>The FastAPI + XGBoost service under bench/peers, two uvloop workers as the budget says.</summary>
internal static class Peer
{
    // Debian's interpreter, because the packages are Debian's; another python3 may come first in PATH.
    private const string Python = "/usr/bin/python3";

    public static async Task<(ServiceProcess Process, Uri Address)> StartAsync(
        string root, string flavour, string logFolder, CancellationToken stop)
    {
        var port = ServiceProcess.FreePort();
        var process = ServiceProcess.Start(
            $"peer-{flavour}",
            logFolder,
            Python,
            ["-m", "uvicorn", "peer:app", "--workers", "2", "--loop", "uvloop", "--http", "httptools", "--host", "127.0.0.1",
                "--port", $"{port}", "--log-level", "warning", "--no-access-log"],
            new Dictionary<string, string> { ["PEER_FLAVOUR"] = flavour, ["OMP_NUM_THREADS"] = "1", ["PYTHONDONTWRITEBYTECODE"] = "1" },
            Path.Combine(root, "bench", "peers", "fastapi-xgboost"));
        var address = new Uri($"http://127.0.0.1:{port}/");
        try
        {
            await process.WaitUntilReadyAsync(new Uri(address, "health"), TimeSpan.FromSeconds(60), stop);
            return (process, address);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
