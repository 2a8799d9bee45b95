using System.Diagnostics;

namespace Levee.Embedded;

/// <summary>The account that the server runs as: PostgreSQL refuses to be root, so root hands over to the user postgres.</summary>
internal sealed class ServerAccount
{
    private const string User = "postgres";

    private ServerAccount(bool switches) => Switches = switches;

    /// <summary>Whether commands run as another user than this process.</summary>
    public bool Switches { get; }

    /// <summary>Finds out.</summary>
    /// <exception cref="EmbeddedServerException">This is root and there is no user postgres.</exception>
    public static ServerAccount Find()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerAccount(false);
        }

        if (File.Exists("/etc/passwd") && !File.ReadLines("/etc/passwd").Any(line => line.StartsWith($"{User}:", StringComparison.Ordinal)))
        {
            throw new EmbeddedServerException(
                $"PostgreSQL does not run as root and there is no user {User}: install the package postgresql, or run Levee as an ordinary user.");
        }

        return new ServerAccount(true);
    }

    /// <summary>How to start a command as this account.</summary>
    public ProcessStartInfo StartInfo(IReadOnlyList<string> command)
    {
        string[] prefix = Switches ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--init-groups", "--"] : [];
        string[] all = [.. prefix, .. command];
        var info = new ProcessStartInfo(all[0]) { WorkingDirectory = "/" };
        foreach (var argument in all.Skip(1))
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>Exit code and what it printed.</returns>
    public async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var info = StartInfo(command);
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>Gives a folder to the account.</summary>
    public void Own(string folder)
    {
        if (Switches)
        {
            using var process = Process.Start("chown", ["-R", $"{User}:{User}", folder]);
            process.WaitForExit();
        }
    }

    /// <summary>Whether the account can enter a folder.</summary>
    public bool CanEnter(string folder)
    {
        if (!Switches)
        {
            return true;
        }

        using var process = Process.Start(StartInfo(["test", "-x", folder]))!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
