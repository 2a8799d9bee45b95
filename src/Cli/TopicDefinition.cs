using System.CommandLine.Parsing;
using System.Globalization;

namespace Levee.Cli;

/// <summary>A topic to create.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Number of partitions, at least 1.</param>
internal sealed record TopicDefinition(string Name, int Partitions)
{
    private const int MaxNameLength = 249;
    private const int MaxPartitions = 1_000;

    /// <summary>Reads <c>name:partitions</c>.</summary>
    public static bool TryRead(string text, out TopicDefinition? topic)
    {
        topic = null;
        var colon = text.LastIndexOf(':');
        if (colon is < 1 or > MaxNameLength
            || !text[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partitions)
            || partitions is < 1 or > MaxPartitions)
        {
            return false;
        }

        topic = new TopicDefinition(text[..colon], partitions);
        return true;
    }

    public static TopicDefinition[] Parse(ArgumentResult result)
    {
        var topics = new List<TopicDefinition>();
        foreach (var token in result.Tokens)
        {
            if (TryRead(token.Value, out var topic))
            {
                topics.Add(topic!);
            }
            else
            {
                result.AddError($"'{token.Value}' is not a topic with its number of partitions, such as transactions:12.");
            }
        }

        return [.. topics];
    }
}
