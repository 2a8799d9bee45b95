using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Levee.Storage;

/// <summary>How API keys, their names and their roles are written.</summary>
public static partial class ApiKeyText
{
    /// <summary>What every key begins with, so that scanners find one that has leaked, and nobody takes it for a JWT.</summary>
    public const string Prefix = "levee_";

    /// <summary>The longest key that is looked at, in characters; a new one has 49.</summary>
    public const int MaxLength = 128;

    /// <summary>How many bytes a key's hash has.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    private const int SecretBytes = 32;

    /// <summary>The roles that a key may have.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["score", "label", "operate", "admin"];

    /// <summary>A new key: 32 random bytes as text.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The SHA-256 of a key's text. It is quick to compute, which is no weakness: nobody guesses 32 random bytes.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Whether a text may name a key: letters, digits, dots, dashes and underscores, up to 64.</summary>
    public static bool IsName(string text) => Name().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Name();
}
