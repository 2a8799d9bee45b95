using System.Globalization;

namespace Levee.Bench;

/// <summary>The command line: what to measure, how long, where to put the figures.</summary>
internal sealed record BenchArguments
{
    /// <summary>No benchmark may take longer than this, set-up included; a soak has its duration besides.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(9.5);

    /// <summary>No process that a benchmark starts outlives a benchmark that was killed by more than this.</summary>
    public static readonly TimeSpan ChildTimeLimit = TimeSpan.FromHours(12);

    private const string Usage =
        """
        usage: scripts/bench.sh predict|ingest|infer|train|quality|import, scripts/soak.sh memory|serving|overload|prediction-log [--json FILE] [--save] [--rounds N] [--seconds N] [--minutes N] [--data FILE]
          --json FILE   also write every raw figure
          --save        also write bench/results/<date>-<what>.md
          --rounds N    rounds, of which the median counts (default 5)
          --seconds N   length of one measured stretch (default 8)
          --minutes N   length of a soak (default 15)
          --data FILE   transactions to train on or to import, CSV or CSV.gz with the product's columns
        """;

    public required string What { get; init; }

    public string? JsonFile { get; init; }

    public bool Save { get; init; }

    public int Rounds { get; init; } = 5;

    public TimeSpan Stretch { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Length of a soak.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The file of transactions; null when none was given.</summary>
    public string? DataFile { get; init; }

    /// <summary>The repository's root: the nearest folder above this program that holds the solution.</summary>
    public string Root { get; } = FindRoot();

    public static BenchArguments Parse(string[] args)
    {
        if (args.Length == 0 || args[0].StartsWith('-'))
        {
            throw new BenchException(Usage, ExitCodes.NotMeasured);
        }

        var parsed = new BenchArguments { What = args[0] };
        for (var i = 1; i < args.Length; i++)
        {
            parsed = args[i] switch
            {
                "--save" => parsed with { Save = true },
                "--json" => parsed with { JsonFile = Path.GetFullPath(Value(args, ref i)) },
                "--data" => parsed with { DataFile = Path.GetFullPath(Value(args, ref i)) },
                "--rounds" => parsed with { Rounds = Number(args, ref i) },
                "--seconds" => parsed with { Stretch = TimeSpan.FromSeconds(Number(args, ref i)) },
                "--minutes" => parsed with { Duration = TimeSpan.FromMinutes(Number(args, ref i)) },
                _ => throw new BenchException($"Unknown argument {args[i]}.\n{Usage}", ExitCodes.NotMeasured),
            };
        }

        return parsed;
    }

    private static string Value(string[] args, ref int i) =>
        ++i < args.Length ? args[i] : throw new BenchException($"{args[i - 1]} needs a value.\n{Usage}", ExitCodes.NotMeasured);

    private static int Number(string[] args, ref int i)
    {
        var text = Value(args, ref i);
        return int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new BenchException($"{text} is not a whole number above 0.", ExitCodes.NotMeasured);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Orleans.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new BenchException("Orleans.sln is in no folder above this program.");
    }
}
