using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Levee.Storage;

namespace Levee.Api.Security;

/// <summary>The 32 bytes of a key's SHA-256, as a key of a dictionary. Looking it up tells nothing about a key by its time.</summary>
internal readonly record struct KeyHash(long First, long Second, long Third, long Fourth)
{
    /// <summary>From the 32 bytes.</summary>
    public static KeyHash From(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<KeyHash>(bytes);

    /// <summary>Hashes a key; false when it cannot be one.</summary>
    public static bool TryCompute(ReadOnlySpan<char> key, out KeyHash hash)
    {
        hash = default;
        if (key.Length is 0 or > ApiKeyText.MaxLength || !Ascii.IsValid(key))
        {
            return false;
        }

        Span<byte> text = stackalloc byte[ApiKeyText.MaxLength];
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Encoding.ASCII.GetBytes(key, text);
        SHA256.HashData(text[..length], bytes);
        hash = From(bytes);
        return true;
    }

    // The bytes are as good as random.
    public override int GetHashCode() => First.GetHashCode();
}
