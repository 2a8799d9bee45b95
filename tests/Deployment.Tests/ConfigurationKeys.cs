using System.Text.RegularExpressions;

namespace Levee.Deployment.Tests;

/// <summary>The configuration keys that the README documents, in the form of environment variables.</summary>
internal static partial class ConfigurationKeys
{
    private static readonly string[] Keys =
    [
        .. DocumentedKey().Matches(RepositoryFiles.Read("README.md")).Select(match => match.Groups[1].Value.Replace(":", "__", StringComparison.Ordinal)),
    ];

    /// <summary>Whether the variable is documented; a list's elements end in their number.</summary>
    public static bool AreKnown(string variable) => Keys.Contains(ListIndex().Replace(variable, ""));

    // A row of the table: | `Levee:Kafka:BootstrapServers` | ...
    [GeneratedRegex(@"^\| `(Levee:[A-Za-z:]+)`", RegexOptions.Multiline)]
    private static partial Regex DocumentedKey();

    [GeneratedRegex(@"__\d+$")]
    private static partial Regex ListIndex();
}
