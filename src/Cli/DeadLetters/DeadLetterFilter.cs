using System.CommandLine;

namespace Levee.Cli.DeadLetters;

/// <summary>The options that say which dead letters, and the letters that they mean.</summary>
internal sealed class DeadLetterFilter
{
    private readonly Option<string?> _reason = new("--reason")
    {
        Description = "Only letters whose reason contains this text, in upper or lower case.",
        HelpName = "text",
    };

    private readonly Option<DateTimeOffset?> _since = new("--since")
    {
        Description = "Only letters that died since a time, or within a length of time, such as 2026-01-31T12:00:00Z or 2h.",
        HelpName = "time",
        CustomParser = CommonOptions.ParseSince,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_reason);
        command.Options.Add(_since);
    }

    /// <summary>Whether any of the options is given.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_reason) is not null || parsed.GetValue(_since) is not null;

    /// <summary>Whether a letter is meant.</summary>
    public Func<DeadLetter, bool> Predicate(ParseResult parsed)
    {
        var (reason, since) = (parsed.GetValue(_reason), parsed.GetValue(_since));
        return letter => (reason is null || letter.Reason?.Contains(reason, StringComparison.OrdinalIgnoreCase) == true)
            && (since is null || letter.Time >= since);
    }
}
