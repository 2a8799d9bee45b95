using System.Text;

namespace Levee.Features;

/// <summary>
/// Numbers for what comes in words, so that trees can split on it: the same words give the same number in every process and for ever, and no table
/// of known words has to be kept beside a model.
/// </summary>
public static class CategoryCode
{
    /// <summary>How many codes types of device share. Two types may have the same.</summary>
    public const int Devices = 1_024;

    private const int Letters = 26;
    private const uint FnvOffset = 2_166_136_261;
    private const uint FnvPrime = 16_777_619;

    /// <summary>The place of upper-case letters in the alphabet, as digits to the base of 26: 0 for "AAA", 17,575 for "ZZZ".</summary>
    /// <param name="letters">A currency's three letters or a country's two, A to Z; null when not known.</param>
    /// <param name="length">How many letters there must be.</param>
    /// <returns>NaN for anything else.</returns>
    public static double OfLetters(string? letters, int length)
    {
        if (letters is null || letters.Length != length)
        {
            return double.NaN;
        }

        var code = 0;
        foreach (var letter in letters)
        {
            if (letter is < 'A' or > 'Z')
            {
                return double.NaN;
            }

            code = (code * Letters) + (letter - 'A');
        }

        return code;
    }

    /// <summary>The letters of a code.</summary>
    public static string ToLetters(int code, int length) => string.Create(length, code, static (letters, rest) =>
    {
        for (var i = letters.Length - 1; i >= 0; i--)
        {
            (rest, var letter) = Math.DivRem(rest, Letters);
            letters[i] = (char)('A' + letter);
        }
    });

    /// <summary>A type of device's code, 0 to <see cref="Devices"/> - 1: the 32-bit FNV-1a (Fowler, Noll, Vo) of its UTF-8, modulo their number; NaN for null.</summary>
    public static double OfDevice(string? device)
    {
        if (device is null)
        {
            return double.NaN;
        }

        Span<byte> room = stackalloc byte[256];
        var bytes = Encoding.UTF8.TryGetBytes(device, room, out var length) ? room[..length] : Encoding.UTF8.GetBytes(device);
        var hash = FnvOffset;
        foreach (var one in bytes)
        {
            hash = (hash ^ one) * FnvPrime;
        }

        return hash % Devices;
    }
}
