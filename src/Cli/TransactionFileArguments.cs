using System.CommandLine;
using System.CommandLine.Parsing;
using Levee.Training;

namespace Levee.Cli;

/// <summary>The options of commands that read files of transactions: which column is what.</summary>
internal sealed class TransactionFileArguments
{
    private readonly Option<ColumnMapping> _columns = new("--columns")
    {
        Description =
            "Which column holds which field, such as amount=TX_AMOUNT,timestamp=TX_DATETIME. Columns that bear the product's own names need " +
            $"none. The fields: {string.Join(", ", ColumnMapping.Fields)}.",
        HelpName = "field=column,...",
        DefaultValueFactory = _ => ColumnMapping.None,
        CustomParser = ParseColumns,
    };

    private readonly Option<TimeZoneInfo> _timeZone = new("--time-zone")
    {
        Description = "Zone of times that are written without an offset, such as Europe/Paris.",
        HelpName = "zone",
        DefaultValueFactory = _ => TimeZoneInfo.Utc,
        CustomParser = ParseTimeZone,
    };

    private readonly Option<bool> _textIds = new("--text-ids")
    {
        Description = "Customers and merchants may be named by any text; what is not a positive integer becomes one by its hash.",
    };

    public void AddTo(Command command)
    {
        command.Add(_columns);
        command.Add(_timeZone);
        command.Add(_textIds);
    }

    public TransactionFileOptions Read(ParseResult parsed, bool requireLabels) => new()
    {
        Columns = parsed.GetRequiredValue(_columns),
        TimeZone = parsed.GetRequiredValue(_timeZone),
        TextIds = parsed.GetValue(_textIds),
        RequireLabels = requireLabels,
    };

    private static ColumnMapping? ParseColumns(ArgumentResult result)
    {
        if (ColumnMapping.TryParse(string.Join(',', result.Tokens.Select(token => token.Value)), out var mapping, out var error))
        {
            return mapping;
        }

        result.AddError($"--columns: {error}.");
        return null;
    }

    private static TimeZoneInfo? ParseTimeZone(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone))
        {
            return zone;
        }

        result.AddError($"--time-zone: '{text}' is not a time zone of this machine, such as UTC or Europe/Paris.");
        return null;
    }
}
