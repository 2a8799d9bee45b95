using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Levee.Bench;

/// <summary>A program that runs beside the benchmark and is gone when this is disposed. What it prints goes to a file.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private readonly string _name;
    private readonly Process _process;
    private readonly string _log;
    private readonly StreamWriter _writer;

    private ServiceProcess(string name, Process process, string log)
    {
        _name = name;
        _process = process;
        _log = log;
        _writer = new StreamWriter(log, append: true) { AutoFlush = true };
    }

    /// <summary>Every line of standard output, in order.</summary>
    public event Action<string>? Output;

    public int Id => _process.Id;

    public static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    public static ServiceProcess Start(
        string name, string logFolder, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
        string? workingDirectory = null, Action<string>? output = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? logFolder,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // What is configured for a real deployment must not turn the benchmark on a real database.
        foreach (var key in start.Environment.Keys.Where(key => key.StartsWith("Levee__", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(key);
        }

        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var service = new ServiceProcess(name, new Process { StartInfo = start }, Path.Combine(logFolder, $"{name}.log"));
        service.Output += output;
        service.Run();
        return service;
    }

    /// <summary>Waits until the address answers 200.</summary>
    public async Task WaitUntilReadyAsync(Uri address, TimeSpan patience, CancellationToken stop)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            ThrowIfExited();
            try
            {
                using var response = await client.GetAsync(address, stop);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
            {
                // Not listening yet.
            }

            if (Stopwatch.GetElapsedTime(started) > patience)
            {
                throw Failure($"was not ready within {patience.TotalSeconds:0} s");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), stop);
        }
    }

    public void ThrowIfExited()
    {
        if (_process.HasExited)
        {
            throw Failure($"ended with code {_process.ExitCode}");
        }
    }

    /// <summary>Makes the program stand still (SIGSTOP).</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets the program go on (SIGCONT).</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Ends the program at once (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks with SIGTERM, and insists after a while.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // One that stands still would not hear the other.
            await ThawAsync();
            await SignalAsync("TERM");
            using var patience = new CancellationTokenSource(StopPatience);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine($"{_name} did not stop within {StopPatience.TotalSeconds:0} s of SIGTERM and was killed.");
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
        await _writer.DisposeAsync();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private void Run()
    {
        _process.OutputDataReceived += (_, line) => Write(line.Data, output: true);
        _process.ErrorDataReceived += (_, line) => Write(line.Data, output: false);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Write(string? line, bool output)
    {
        if (line is null)
        {
            return;
        }

        lock (_writer)
        {
            _writer.WriteLine(line);
        }

        if (output)
        {
            Output?.Invoke(line);
        }
    }

    private BenchException Failure(string what)
    {
        lock (_writer)
        {
            _writer.Flush();
        }

        var tail = string.Join('\n', File.ReadLines(_log).TakeLast(15));
        return new BenchException($"{_name} {what}. Its last words:\n{tail}");
    }
}
