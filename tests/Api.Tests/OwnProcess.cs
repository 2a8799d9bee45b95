using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Levee.Testing;

namespace Levee.Api.Tests;

/// <summary>The API as a process of its own.</summary>
public sealed class OwnProcess : IAsyncDisposable
{
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private OwnProcess(Process process, int port)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Client { get; }

    public static OwnProcess Start(params (string Key, string Value)[] settings)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [typeof(ApiOptions).Assembly.Location])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["Levee__Port"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        };
        foreach (var (key, value) in settings)
        {
            start.Environment[key] = value;
        }

        return new OwnProcess(Process.Start(start)!, port);
    }

    /// <summary>Waits until the process answers at all.</summary>
    public Task WaitUntilAliveAsync() => Eventually.HoldsAsync(IsAliveAsync, "the process answers", TimeSpan.FromSeconds(90));

    public void Terminate() => Assert.Equal(0, Kill(_process.Id, SigTerm));

    /// <summary>Waits for the process to end.</summary>
    public async Task<(int Code, string Output)> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return (_process.ExitCode, await _output + await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<bool> IsAliveAsync()
    {
        Assert.False(_process.HasExited, "the process has ended");
        try
        {
            return (await Answer.GetAsync(Client, "/health/live")).Status == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // Not listening yet, and nothing to await: the process says so by listening.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
