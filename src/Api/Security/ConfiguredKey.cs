namespace Levee.Api.Security;

/// <summary>An API key that is configured instead of stored.</summary>
public sealed class ConfiguredKey
{
    /// <summary>Whose it is: letters, digits, dots, dashes and underscores, up to 64.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key's text, 64 hexadecimal digits.</summary>
    public string Hash { get; set; } = "";

    /// <summary>score, label, operate or admin; one or more.</summary>
    public IList<string> Roles { get; } = [];

    /// <summary>From when on it is refused; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
}
