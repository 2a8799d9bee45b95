using System.Diagnostics;
using System.Text.Json;

namespace Levee.Bench;

/// <summary>A Python program under bench/peers that answers each line on its standard input with a line of JSON.</summary>
internal sealed class PythonPeer : IAsyncDisposable
{
    // Debian's interpreter, because the packages are Debian's; another python3 may come first in PATH.
    private const string Python = "/usr/bin/python3";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly string _name;

    private PythonPeer(Process process, string name)
    {
        _process = process;
        _name = name;
    }

    /// <summary>What it said when it was ready.</summary>
    public JsonElement Greeting { get; private set; }

    /// <summary>Starts bench/peers/NAME/peer.py on a folder and waits for its first line.</summary>
    public static async Task<PythonPeer> StartAsync(string root, string name, string folder, CancellationToken stop)
    {
        var start = new ProcessStartInfo(Python, [Path.Combine(root, "bench", "peers", name, "peer.py"), folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        var peer = new PythonPeer(Process.Start(start)!, name);
        try
        {
            peer.Greeting = await peer.ReadAsync(stop);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public async Task<JsonElement> AskAsync(string command, CancellationToken stop)
    {
        await _process.StandardInput.WriteLineAsync(command.AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
        return await ReadAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<JsonElement> ReadAsync(CancellationToken stop)
    {
        var line = await _process.StandardOutput.ReadLineAsync(stop).AsTask().WaitAsync(Patience, stop)
            ?? throw new BenchException($"The peer {_name} ended; its reason is above.");
        return JsonSerializer.Deserialize<JsonElement>(line);
    }
}
