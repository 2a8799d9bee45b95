using System.Globalization;

namespace Levee.Silo;

/// <summary>The command line of the silo: everything else is configuration.</summary>
internal sealed record SiloArguments
{
    /// <summary>Printed for --help.</summary>
    public const string Usage =
        """
        Usage: scripts/run.sh [--data DIR] [--port N] [--no-demo]

          --data DIR   where the embedded servers keep their data (default: .levee)
          --port N     port of the API (default: 8000)
          --no-demo    no live simulated traffic

        Everything else is configuration: section Levee of appsettings.json, or the environment, such as
        Levee__Kafka__BootstrapServers and Levee__Postgres__ConnectionString.
        """;

    /// <summary>Data folder, or null for the configured one.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Port of the API, 1 to 65535, or null for the configured one.</summary>
    public int? Port { get; init; }

    /// <summary>No live simulated traffic.</summary>
    public bool NoDemo { get; init; }

    /// <summary>The usage was asked for.</summary>
    public bool Help { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="StartupException">An argument is unknown or malformed; the message says which.</exception>
    public static SiloArguments Parse(IReadOnlyList<string> args)
    {
        var result = new SiloArguments();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, inline) = args[i].Split('=', 2) is [var before, var after] ? (before, after) : (args[i], null);
            switch (name)
            {
                case "--data":
                    result = result with { DataDirectory = Value(args, ref i, inline) };
                    break;
                case "--port":
                    result = result with { Port = ParsePort(Value(args, ref i, inline)) };
                    break;
                case "--no-demo":
                    result = result with { NoDemo = true };
                    break;
                case "--help" or "-h":
                    result = result with { Help = true };
                    break;
                default:
                    throw new StartupException($"Unknown argument '{args[i]}'. Try --help.");
            }
        }

        return result;
    }

    private static string Value(IReadOnlyList<string> args, ref int i, string? inline)
    {
        var name = args[i];
        return inline ?? (++i < args.Count ? args[i] : throw new StartupException($"{name} needs a value. Try --help."));
    }

    private static int ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : throw new StartupException($"--port expects a number from 1 to 65535, not '{text}'.");
}
