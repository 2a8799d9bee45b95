using System.Globalization;
using Levee.Features;

namespace Levee.Training;

/// <summary>Reads single values of a transaction from text, with the same bounds as in JSON (<see cref="FieldReader"/>).</summary>
internal static class FieldText
{
    /// <summary>What a time must be.</summary>
    public const string TimeExpected =
        "expected ISO 8601, such as 2026-01-31T12:00:00Z or 2026-01-31 12:00:00, or epoch seconds, milliseconds or microseconds";

    private const decimal MaxAmount = 9_999_999_999.99m;
    private const int MaxAmountLength = 28;

    // The three units of epoch times do not overlap between these years.
    private static readonly long MinMicros = UnixMicros.FromDateTimeOffset(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly long MaxMicros = UnixMicros.FromDateTimeOffset(new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>A positive integer; tables with gaps write it as 12.0.</summary>
    public static bool TryReadId(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(WithoutZeroDecimal(text), NumberStyles.None, CultureInfo.InvariantCulture, out value) && value > 0;

    /// <summary>An amount of money.</summary>
    public static bool TryReadAmount(ReadOnlySpan<char> text, out decimal value)
    {
        value = 0;
        return text.Length <= MaxAmountLength
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
            && value is > 0 and <= MaxAmount
            && decimal.Round(value, 2) == value;
    }

    /// <summary>A time; without an offset it is in the given zone.</summary>
    public static bool TryReadTime(ReadOnlySpan<char> text, TimeZoneInfo zone, out long micros)
    {
        var read = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? TryReadEpoch(number, out micros)
            : TryReadIso8601(text, zone, out micros);
        return read && micros >= MinMicros && micros < MaxMicros;
    }

    /// <summary>0, 1, true or false; empty for nothing.</summary>
    public static bool TryReadFlag(ReadOnlySpan<char> text, out bool? value)
    {
        text = WithoutZeroDecimal(text);
        value = text switch
        {
            "1" => true,
            "0" => false,
            _ when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
            _ when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
            _ => null,
        };
        return value is not null || text.IsEmpty;
    }

    private static bool TryReadEpoch(long number, out long micros)
    {
        micros = number switch
        {
            _ when number >= MinMicros => number,
            _ when number >= MinMicros / 1_000 => number < MaxMicros / 1_000 ? number * 1_000 : 0,
            _ => number < MaxMicros / UnixMicros.PerSecond ? number * UnixMicros.PerSecond : 0,
        };
        return true;
    }

    private static bool TryReadIso8601(ReadOnlySpan<char> text, TimeZoneInfo zone, out long micros)
    {
        micros = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-')
        {
            return false;
        }

        if (text[^1] is 'Z' or 'z' || text[10..].ContainsAny('+', '-'))
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            {
                return false;
            }

            micros = UnixMicros.FromDateTimeOffset(time);
            return true;
        }

        // A name of a zone, such as GMT, is understood by the runtime and put into the machine's own: no time of the file's zone.
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            || local.Kind != DateTimeKind.Unspecified
            || zone.IsInvalidTime(local))
        {
            return false;
        }

        micros = UnixMicros.FromDateTimeOffset(new DateTimeOffset(local, zone.GetUtcOffset(local)));
        return true;
    }

    private static ReadOnlySpan<char> WithoutZeroDecimal(ReadOnlySpan<char> text) => text.EndsWith(".0", StringComparison.Ordinal) ? text[..^2] : text;
}
