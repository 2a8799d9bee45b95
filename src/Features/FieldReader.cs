using System.Globalization;
using System.Text.Json;

namespace Levee.Features;

/// <summary>
/// Reads single values of a transaction from JSON, for Kafka records and requests alike. Each method stands on the value's token, and
/// leaves the reader on its last.
/// </summary>
public static class FieldReader
{
    /// <summary>What an id must be.</summary>
    public const string IdExpected = "expected a positive integer up to 9223372036854775807";

    /// <summary>What an amount must be.</summary>
    public const string AmountExpected = "expected a number above 0, at most 9999999999.99, with at most two decimals";

    /// <summary>What a currency must be.</summary>
    public const string CurrencyExpected = "expected an ISO 4217 code of three upper-case letters, such as EUR";

    /// <summary>What a time must be.</summary>
    public const string TimeExpected = "expected ISO 8601 with offset, such as 2026-01-31T12:00:00Z, or epoch milliseconds";

    private const decimal MaxAmount = 9_999_999_999.99m;

    // Longer numbers may not fit a decimal and would be rounded before anybody counts their decimals.
    private const int MaxAmountLength = 28;

    // 2000 to 9998: what PostgreSQL and DateTimeOffset both hold, and no plausible unit mix-up falls into.
    private static readonly long MinMicros = UnixMicros.FromDateTimeOffset(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly long MaxMicros = UnixMicros.FromDateTimeOffset(new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>A UUID with hyphens.</summary>
    public static bool TryReadGuid(ref Utf8JsonReader reader, out Guid? value)
    {
        value = null;
        if (reader.TokenType == JsonTokenType.String && reader.TryGetGuid(out var id) && id != Guid.Empty)
        {
            value = id;
            return true;
        }

        return Fail(ref reader);
    }

    /// <summary>A positive 64-bit integer.</summary>
    public static bool TryReadId(ref Utf8JsonReader reader, out long value)
    {
        value = 0;
        return (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out value) && value > 0) || Fail(ref reader);
    }

    /// <summary>An amount of money.</summary>
    public static bool TryReadAmount(ref Utf8JsonReader reader, out decimal value)
    {
        value = 0;
        return (reader.TokenType == JsonTokenType.Number
            && reader.ValueSpan.Length <= MaxAmountLength
            && reader.TryGetDecimal(out value)
            && value is > 0 and <= MaxAmount
            && decimal.Round(value, 2) == value) || Fail(ref reader);
    }

    /// <summary>ISO 8601 with offset, or epoch milliseconds, within the years 2000 to 9998.</summary>
    public static bool TryReadTime(ref Utf8JsonReader reader, out long? micros)
    {
        micros = null;
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var milliseconds)
            && milliseconds >= MinMicros / 1_000 && milliseconds < MaxMicros / 1_000)
        {
            micros = milliseconds * 1_000;
            return true;
        }

        if (reader.TokenType == JsonTokenType.String && TryReadIso8601(ref reader, out var time))
        {
            var value = UnixMicros.FromDateTimeOffset(time);
            if (value >= MinMicros && value < MaxMicros)
            {
                micros = value;
                return true;
            }
        }

        return Fail(ref reader);
    }

    /// <summary>0, 1, true, false, or null.</summary>
    public static bool TryReadFlag(ref Utf8JsonReader reader, out bool? value)
    {
        value = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.True or JsonTokenType.False:
                value = reader.GetBoolean();
                return true;
            case JsonTokenType.Number when reader.TryGetInt32(out var number) && number is 0 or 1:
                value = reader.GetInt32() == 1;
                return true;
            default:
                return Fail(ref reader);
        }
    }

    /// <summary>A given number of upper-case letters, or null where that is allowed.</summary>
    public static bool TryReadLetters(ref Utf8JsonReader reader, int length, bool optional, out string? value)
    {
        value = null;
        if (reader.TokenType == JsonTokenType.Null && optional)
        {
            return true;
        }

        if (reader.TokenType == JsonTokenType.String && reader.GetString() is { } text && text.Length == length && text.All(char.IsAsciiLetterUpper))
        {
            value = SharedTexts.Of(text);
            return true;
        }

        return Fail(ref reader);
    }

    /// <summary>A given number of digits, or null.</summary>
    public static bool TryReadDigits(ref Utf8JsonReader reader, int length, out string? value)
    {
        value = null;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType == JsonTokenType.String && reader.GetString() is { } text && text.Length == length && text.All(char.IsAsciiDigit))
        {
            value = text;
            return true;
        }

        return Fail(ref reader);
    }

    /// <summary>A text without control characters, or null.</summary>
    public static bool TryReadText(ref Utf8JsonReader reader, int maxLength, out string? value)
    {
        value = null;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        // PostgreSQL holds no NUL in text, and nobody needs the others.
        if (reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } text && text.Length <= maxLength && !text.Any(char.IsControl))
        {
            value = SharedTexts.Of(text);
            return true;
        }

        return Fail(ref reader);
    }

    private static bool TryReadIso8601(ref Utf8JsonReader reader, out DateTimeOffset time)
    {
        // The usual form needs no copy of the text.
        if (reader.ValueSpan is { Length: > 19 } plain && plain[10] == (byte)'T' && plain[^1] == (byte)'Z' && reader.TryGetDateTimeOffset(out time))
        {
            return true;
        }

        time = default;
        return reader.GetString() is { } text && HasOffset(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    private static bool HasOffset(string text)
    {
        var time = text.IndexOf('T', StringComparison.OrdinalIgnoreCase);
        return time == 10 && (text.EndsWith('Z') || text.EndsWith('z') || text.AsSpan(time).ContainsAny('+', '-'));
    }

    private static bool Fail(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
        }

        return false;
    }
}
