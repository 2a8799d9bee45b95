using System.Diagnostics;
using System.Globalization;

namespace Levee.Embedded.Tests.Support;

/// <summary>Program.cs in a process of its own.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;

    private HostProcess(Process process, string firstLine)
    {
        _process = process;
        FirstLine = firstLine;
    }

    public string FirstLine { get; }

    public string ConnectionString => FirstLine.Split('\t')[0];

    public int ServerProcessId => int.Parse(FirstLine.Split('\t')[1], CultureInfo.InvariantCulture);

    /// <param name="dataFolder">The cluster's.</param>
    /// <param name="temporary">Whether it goes away with the process.</param>
    /// <param name="launcher">Command that starts the command that follows it.</param>
    /// <param name="programFolder">Where this assembly is; null for where it runs from.</param>
    /// <param name="environment">Variables to set.</param>
    public static async Task<HostProcess> StartAsync(
        string dataFolder,
        bool temporary = false,
        string[]? launcher = null,
        string? programFolder = null,
        Dictionary<string, string>? environment = null)
    {
        var assembly = Path.Combine(programFolder ?? AppContext.BaseDirectory, Path.GetFileName(typeof(HostProcess).Assembly.Location));
        string[] command = [.. launcher ?? [], DotNet(), "exec", assembly, dataFolder, temporary ? "temporary" : "durable"];
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        command.Skip(1).ToList().ForEach(start.ArgumentList.Add);
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        return new HostProcess(process, await process.StandardOutput.ReadLineAsync() ?? "");
    }

    /// <summary>As kill -9 does: no handler, no finally.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Lets it end in an orderly way.</summary>
    public async Task<int> EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    // Under a test host this process is not necessarily dotnet.
    private static string DotNet() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");
}
