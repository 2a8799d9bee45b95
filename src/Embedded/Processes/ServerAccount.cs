using System.Globalization;

namespace Levee.Embedded.Processes;

/// <summary>The operating system's user that PostgreSQL runs as: ourselves, or, since PostgreSQL refuses root, another when we are root.</summary>
internal sealed class ServerAccount
{
    private static readonly string[] Names = ["postgres", "nobody"];

    private readonly string[] _prefix;
    private readonly string? _owner;

    private ServerAccount(string[] prefix, string? owner)
    {
        _prefix = prefix;
        _owner = owner;
    }

    /// <summary>Whether files must be given away for the server to use them.</summary>
    public bool IsOther => _owner is not null;

    /// <summary>Finds the account: as root the owner of an existing cluster, else user postgres; otherwise ourselves.</summary>
    /// <exception cref="EmbeddedServerException">There is none, or no program that changes to it.</exception>
    public static async Task<ServerAccount> FindAsync(string clusterFolder, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerAccount([], null);
        }

        var (user, group, name) = await OwnerAsync(clusterFolder, ct) ?? await KnownAsync(ct)
            ?? throw new EmbeddedServerException(
                "PostgreSQL does not run as root and there is no user postgres to run it as: apt-get install postgresql makes one.");
        foreach (var prefix in Ways(user, group, name))
        {
            if (Programs.Find(prefix[0]) is { } program)
            {
                prefix[0] = program;
                if ((await Programs.RunAsync([.. prefix, "true"], "", ct)).ExitCode == 0)
                {
                    return new ServerAccount(prefix, $"{user}:{group}");
                }
            }
        }

        throw new EmbeddedServerException(
            "PostgreSQL does not run as root and none of setpriv, runuser and su could change to another user: apt-get install util-linux.");
    }

    /// <summary>The command as this account would run it, in a session of its own, so that a Ctrl-C in the terminal does not reach it.</summary>
    public IEnumerable<string> Command(params IEnumerable<string> command)
    {
        IEnumerable<string> session = Programs.Find("setsid") is { } setsid ? [setsid] : [];
        return [.. session, .. _prefix, .. command];
    }

    /// <summary>Gives files to the account; nothing to do when it is ourselves.</summary>
    public async Task OwnAsync(string path, CancellationToken ct)
    {
        if (_owner is not null)
        {
            var result = await Programs.RunAsync([Programs.Find("chown") ?? "chown", "-R", _owner, path], "", ct);
            if (result.ExitCode != 0)
            {
                throw new EmbeddedServerException($"{path} could not be given to PostgreSQL's user: {result.Output.Trim()}.");
            }
        }
    }

    /// <summary>Whether the account can make files in a folder that it owns at this path: every folder above must let it through.</summary>
    public async Task<bool> CanEnterAsync(string folder, CancellationToken ct) =>
        _owner is null || (await Programs.RunAsync([.. Command("/bin/sh", "-c", "cd -- \"$0\"", folder)], "", ct)).ExitCode == 0;

    private static string[][] Ways(int user, int group, string name) =>
    [
        ["setpriv", $"--reuid={user}", $"--regid={group}", "--clear-groups", "--"],
        ["runuser", "-u", name, "--"],
        ["su", "-s", "/bin/sh", name, "-c", "exec \"$@\"", "sh"],
    ];

    private static async Task<(int User, int Group, string Name)?> OwnerAsync(string folder, CancellationToken ct)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        var result = await Programs.RunAsync(["stat", "-c", "%u %g %U", folder], "", ct);
        var words = result.Output.Split(' ', StringSplitOptions.TrimEntries);
        return result.ExitCode == 0 && words.Length == 3 && words[0] != "0" ? (Number(words[0]), Number(words[1]), words[2]) : null;
    }

    private static async Task<(int User, int Group, string Name)?> KnownAsync(CancellationToken ct)
    {
        foreach (var name in Names)
        {
            var user = await Programs.RunAsync(["id", "-u", name], "", ct);
            var group = await Programs.RunAsync(["id", "-g", name], "", ct);
            if (user.ExitCode == 0 && group.ExitCode == 0)
            {
                return (Number(user.Output), Number(group.Output), name);
            }
        }

        return null;
    }

    private static int Number(string text) => int.Parse(text.Trim(), CultureInfo.InvariantCulture);
}
