using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Levee.Features;
using Levee.Training;

namespace Levee.Cli.Commands;

/// <summary>The options of <c>levee backtest</c>.</summary>
internal sealed class BacktestOptions
{
    private const int MaxDays = 3_650;

    private readonly TransactionFileArguments _file = new();

    private readonly Option<string> _data = new("--data")
    {
        Description = "File of labelled transactions: CSV with a header, plain or gzip, or Parquet.",
        HelpName = "file",
        Required = true,
    };

    private readonly Option<DateOnly> _trainStart = new("--train-start")
    {
        Description = "First day (UTC) of the first fold's training, such as 2018-06-20. Everything before it only fills the windows.",
        HelpName = "day",
        Required = true,
        CustomParser = ParseDay,
    };

    private readonly Option<int> _trainDays = CommonOptions.Number("--train-days", "Days of training.", 1, MaxDays, 7);
    private readonly Option<int> _delayDays = CommonOptions.Number("--delay-days", "Days between training and test.", 0, MaxDays, 7);
    private readonly Option<int> _testDays = CommonOptions.Number("--test-days", "Days of the test.", 1, MaxDays, 7);
    private readonly Option<int> _folds = CommonOptions.Number("--folds", "Number of folds.", 1, 1_000, 4);
    private readonly Option<int> _stepDays = CommonOptions.Number("--step-days", "Days from one fold's start to the next one's.", 1, MaxDays, 7);

    private readonly Option<string[]> _without = new("--without")
    {
        Description = "Features to leave out, by name or by a name's beginning and *; to see what they give.",
        HelpName = "feature,...",
        DefaultValueFactory = _ => [],
        CustomParser = ParseFeatures,
    };

    private readonly Option<bool> _optional = new("--optional")
    {
        Description = "Take the optional features too, which are not in the default list.",
    };

    private readonly Option<string?> _json = new("--json") { Description = "File for the result as JSON; - for the terminal.", HelpName = "file" };

    public void AddTo(Command command)
    {
        command.Add(_data);
        _file.AddTo(command);
        command.Add(_trainStart);
        command.Add(_trainDays);
        command.Add(_delayDays);
        command.Add(_testDays);
        command.Add(_folds);
        command.Add(_stepDays);
        command.Add(_without);
        command.Add(_optional);
        command.Add(_json);
    }

    public string Data(ParseResult parsed) => parsed.GetRequiredValue(_data);

    public string? Json(ParseResult parsed) => parsed.GetValue(_json);

    public TransactionFileOptions File(ParseResult parsed) => _file.Read(parsed, requireLabels: true);

    public BacktestProtocol Protocol(ParseResult parsed) => new()
    {
        TrainStart = parsed.GetRequiredValue(_trainStart),
        TrainDays = parsed.GetRequiredValue(_trainDays),
        DelayDays = parsed.GetRequiredValue(_delayDays),
        TestDays = parsed.GetRequiredValue(_testDays),
        Folds = parsed.GetRequiredValue(_folds),
        StepDays = parsed.GetRequiredValue(_stepDays),
    };

    public FeatureList Features(ParseResult parsed) => parsed.GetValue(_optional) ? FeatureList.All : FeatureList.Default;

    /// <summary>Positions of the features to train on; null for all.</summary>
    public IReadOnlyList<int>? Columns(ParseResult parsed)
    {
        var without = parsed.GetRequiredValue(_without);
        if (without.Length == 0)
        {
            return null;
        }

        var features = Features(parsed).Features;
        return [.. Enumerable.Range(0, features.Count).Where(i => !without.Any(pattern => Matches(features[i].Name, pattern)))];
    }

    private static bool Matches(string name, string pattern) => pattern.EndsWith('*')
        ? name.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : name == pattern;

    private static string[] ParseFeatures(ArgumentResult result)
    {
        string[] patterns =
        [
            .. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        ];
        var names = FeatureList.All.Features.Select(feature => feature.Name).ToList();
        foreach (var pattern in patterns.Where(pattern => !names.Exists(name => Matches(name, pattern))))
        {
            result.AddError($"--without: there is no feature '{pattern}'; the features are: {string.Join(", ", names)}.");
        }

        if (patterns.Length > 0 && names.TrueForAll(name => patterns.Any(pattern => Matches(name, pattern))))
        {
            result.AddError("--without leaves no feature to train on.");
        }

        return patterns;
    }

    private static DateOnly ParseDay(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1970 and < 9900)
        {
            return day;
        }

        result.AddError($"--train-start: '{text}' is not a day such as 2018-06-20.");
        return default;
    }
}
