using System.Text;
using Levee.Storage;

namespace Levee.Api.Security;

/// <summary>What a request shows of who sends it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The key or token; empty without one.</param>
internal readonly record struct Credential(CredentialKind Kind, string Text)
{
    /// <summary>Header with an API key; Authorization: Bearer does as well.</summary>
    public const string KeyHeader = "X-Api-Key";

    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";

    private static readonly Credential Missing = new(CredentialKind.None, "");
    private static readonly Credential Malformed = new(CredentialKind.Key, "");

    /// <summary>Reads the headers; X-Api-Key goes before Authorization. What is malformed is a key that nobody has.</summary>
    public static Credential Read(IHeaderDictionary headers, bool allowsBasic)
    {
        if (headers.TryGetValue(KeyHeader, out var keys) && keys.Count > 0)
        {
            return keys is [{ Length: > 0 } key] ? new Credential(CredentialKind.Key, key) : Malformed;
        }

        if (headers.Authorization is not [{ Length: > 0 } text])
        {
            return headers.Authorization.Count > 1 ? Malformed : Missing;
        }

        if (text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            var token = text[Bearer.Length..].Trim();
            var isKey = token.StartsWith(ApiKeyText.Prefix, StringComparison.Ordinal);
            return new Credential(isKey ? CredentialKind.Key : CredentialKind.Token, token);
        }

        return allowsBasic && text.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            ? ReadBasic(text[Basic.Length..].Trim())
            : Malformed;
    }

    // The user's name is anything; the key is the password.
    private static Credential ReadBasic(string encoded)
    {
        Span<byte> bytes = stackalloc byte[512];
        if (encoded.Length > bytes.Length || !Convert.TryFromBase64String(encoded, bytes, out var length))
        {
            return Malformed;
        }

        var text = Encoding.UTF8.GetString(bytes[..length]);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? Malformed : new Credential(CredentialKind.Key, text[(colon + 1)..]);
    }
}
