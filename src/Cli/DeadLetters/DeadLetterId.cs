using System.CommandLine.Parsing;
using System.Globalization;

namespace Levee.Cli.DeadLetters;

/// <summary>Where a letter is on its dead-letter topic.</summary>
/// <param name="Partition">Partition, from 0.</param>
/// <param name="Offset">Offset there, from 0.</param>
internal readonly record struct DeadLetterId(int Partition, long Offset)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Partition}:{Offset}");

    /// <summary>Reads <c>partition:offset</c>.</summary>
    public static bool TryRead(string text, out DeadLetterId id)
    {
        id = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1
            || !int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        id = new DeadLetterId(partition, offset);
        return true;
    }

    public static DeadLetterId[] Parse(ArgumentResult result)
    {
        var ids = new List<DeadLetterId>();
        foreach (var token in result.Tokens)
        {
            if (TryRead(token.Value, out var id))
            {
                ids.Add(id);
            }
            else
            {
                result.AddError($"'{token.Value}' is not the id of a dead letter, partition:offset as levee dead-letters list shows it.");
            }
        }

        return [.. ids];
    }
}
