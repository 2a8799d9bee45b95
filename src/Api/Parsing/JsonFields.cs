using System.Globalization;
using System.Text.Json;
using Levee.Features;

namespace Levee.Api.Parsing;

/// <summary>
/// Reads one JSON value each into the type that a field asks for. The reader stands on the value; afterwards it stands on the value's
/// last token, whether it was good or not. A bad value leaves a message that says what was expected.
/// </summary>
internal static class JsonFields
{
    /// <summary>The largest amount that the tables hold.</summary>
    public const decimal MaxAmount = 9_999_999_999.99m;

    public static bool TryReadId(ref Utf8JsonReader reader, string field, FieldErrors errors, out long value)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out value) && value > 0)
        {
            return true;
        }

        value = 0;
        return Fail(ref reader, field, errors, "expected an integer from 1 to 9223372036854775807");
    }

    public static bool TryReadCount(ref Utf8JsonReader reader, string field, FieldErrors errors, out int value)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out value) && value >= 0)
        {
            return true;
        }

        value = 0;
        return Fail(ref reader, field, errors, "expected an integer from 0 to 2147483647");
    }

    public static bool TryReadAmount(ref Utf8JsonReader reader, string field, FieldErrors errors, out decimal value)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out value) && value > 0 && value <= MaxAmount
            && decimal.Round(value, 2) == value)
        {
            return true;
        }

        value = 0;
        return Fail(ref reader, field, errors, "expected a number above 0, at most 9999999999.99, with at most 2 decimals");
    }

    public static bool TryReadAverage(ref Utf8JsonReader reader, string field, FieldErrors errors, out double value)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out value) && double.IsFinite(value) && value >= 0)
        {
            return true;
        }

        value = 0;
        return Fail(ref reader, field, errors, "expected a finite number, 0 or more");
    }

    public static bool TryReadUuid(ref Utf8JsonReader reader, string field, FieldErrors errors, out Guid value)
    {
        if (reader.TokenType == JsonTokenType.String && reader.TryGetGuid(out value) && value != Guid.Empty)
        {
            return true;
        }

        value = default;
        return Fail(ref reader, field, errors, "expected a UUID such as \"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11\", not all zeros");
    }

    public static bool TryReadFlag(ref Utf8JsonReader reader, string field, FieldErrors errors, out bool value)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                value = reader.GetBoolean();
                return true;
            case JsonTokenType.Number when reader.TryGetInt32(out var number) && number is 0 or 1:
                value = number == 1;
                return true;
            default:
                value = false;
                return Fail(ref reader, field, errors, "expected 0, 1, false or true");
        }
    }

    /// <summary>An ISO 8601 time with offset, or milliseconds since the Unix epoch; microseconds are kept.</summary>
    public static bool TryReadTime(ref Utf8JsonReader reader, string field, FieldErrors errors, long latestMicros, out long micros)
    {
        const string Expected = "expected an ISO 8601 time with offset such as \"2026-01-31T12:00:00Z\", or milliseconds since 1970";
        if (!TryGetMicros(ref reader, out micros))
        {
            return Fail(ref reader, field, errors, Expected);
        }

        if (micros > latestMicros)
        {
            return Fail(ref reader, field, errors, "timestamp in the future: expected a time no later than the clock allows");
        }

        return true;
    }

    /// <summary>Text of a bounded length without control characters.</summary>
    public static bool TryReadText(ref Utf8JsonReader reader, string field, FieldErrors errors, int maxLength, out string? value)
    {
        value = GetString(ref reader);
        if (value is { Length: > 0 } && value.Length <= maxLength && !value.AsSpan().ContainsAnyInRange('\0', '\u001f'))
        {
            return true;
        }

        value = null;
        return Fail(ref reader, field, errors,
            string.Create(CultureInfo.InvariantCulture, $"expected text of 1 to {maxLength} characters without control characters"));
    }

    /// <summary>Exactly <paramref name="length"/> ASCII characters, all digits or all upper-case letters.</summary>
    public static bool TryReadCode(
        ref Utf8JsonReader reader, string field, FieldErrors errors, int length, bool digits, string expected, out string? value)
    {
        value = GetString(ref reader);
        if (value is not null && value.Length == length)
        {
            var (first, last) = digits ? ('0', '9') : ('A', 'Z');
            if (!value.AsSpan().ContainsAnyExceptInRange(first, last))
            {
                return true;
            }
        }

        value = null;
        return Fail(ref reader, field, errors, expected);
    }

    /// <summary>Whether PostgreSQL's jsonb stores the number's text as it stands; exponents and endless digits it may refuse.</summary>
    public static bool IsPlainNumber(in Utf8JsonReader reader) =>
        reader.ValueSpan.Length <= 32 && !reader.ValueSpan.ContainsAny((byte)'e', (byte)'E');

    private static bool TryGetMicros(ref Utf8JsonReader reader, out long micros)
    {
        micros = 0;
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetInt64(out var milliseconds) || milliseconds is < 0 or > 253_402_300_799_999)
            {
                return false;
            }

            micros = milliseconds * 1_000;
            return true;
        }

        if (reader.TokenType != JsonTokenType.String || !HasOffset(GetString(ref reader)) || !reader.TryGetDateTimeOffset(out var time))
        {
            return false;
        }

        micros = UnixMicros.FromDateTimeOffset(time);
        return micros >= 0;
    }

    /// <summary>Without an offset a time means something else on every machine, so one that has none is refused.</summary>
    private static bool HasOffset(string? text)
    {
        if (text is null || text.IndexOf('T') < 0)
        {
            return false;
        }

        return text[^1] == 'Z' || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
    }

    /// <summary>The string, or null when the token is no string or holds a lone surrogate.</summary>
    private static string? GetString(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Fail(ref Utf8JsonReader reader, string field, FieldErrors errors, string expected)
    {
        reader.Skip();
        errors.Add(field, expected);
        return false;
    }
}
