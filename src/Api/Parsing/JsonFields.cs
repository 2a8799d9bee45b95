using System.Globalization;
using System.Text.Json;
using Levee.Features;

namespace Levee.Api.Parsing;

/// <summary>
/// Reads one JSON value each into the type that a field asks for, by the rules that hold for Kafka records too. The reader stands on
/// the value; afterwards it stands on the value's last token, whether it was good or not. A bad value, and null is one here, leaves a
/// message that says what was expected.
/// </summary>
internal static class JsonFields
{
    public static bool TryReadId(ref Utf8JsonReader reader, string field, FieldErrors errors, out long value) =>
        FieldReader.TryReadId(ref reader, out value) || Fail(field, errors, FieldReader.IdExpected);

    public static bool TryReadAmount(ref Utf8JsonReader reader, string field, FieldErrors errors, out decimal value) =>
        FieldReader.TryReadAmount(ref reader, out value) || Fail(field, errors, FieldReader.AmountExpected);

    public static bool TryReadUuid(ref Utf8JsonReader reader, string field, FieldErrors errors, out Guid? value) =>
        (IsWhole(in reader, out value) && FieldReader.TryReadGuid(ref reader, out value))
        || Fail(field, errors, "expected a UUID such as \"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11\", not all zeros");

    public static bool TryReadFlag(ref Utf8JsonReader reader, string field, FieldErrors errors, out bool? value) =>
        (FieldReader.TryReadFlag(ref reader, out value) && value is not null) || Fail(field, errors, "expected 0, 1, false or true");

    public static bool TryReadCurrency(ref Utf8JsonReader reader, string field, FieldErrors errors, out string? value) =>
        (IsWhole(in reader, out value) && FieldReader.TryReadLetters(ref reader, 3, optional: false, out value)) || Fail(field, errors, FieldReader.CurrencyExpected);

    public static bool TryReadCountry(ref Utf8JsonReader reader, string field, FieldErrors errors, out string? value) =>
        (IsWhole(in reader, out value) && FieldReader.TryReadLetters(ref reader, 2, optional: false, out value))
        || Fail(field, errors, "expected an ISO 3166 code of two upper-case letters, such as DE");

    public static bool TryReadCardLast4(ref Utf8JsonReader reader, string field, FieldErrors errors, out string? value) =>
        (IsWhole(in reader, out value) && FieldReader.TryReadDigits(ref reader, 4, out value))
        || Fail(field, errors, "expected a text of the card's last four digits, such as \"4242\"");

    public static bool TryReadText(ref Utf8JsonReader reader, string field, FieldErrors errors, int maxLength, out string? value) =>
        (IsWhole(in reader, out value) && FieldReader.TryReadText(ref reader, maxLength, out value) && value is not null)
        || Fail(field, errors, string.Create(
            CultureInfo.InvariantCulture, $"expected a text of 1 to {maxLength} characters without control characters"));

    public static bool TryReadTime(ref Utf8JsonReader reader, string field, FieldErrors errors, long latestMicros, out long? micros)
    {
        if (!IsWhole(in reader, out micros) || !FieldReader.TryReadTime(ref reader, out micros))
        {
            return Fail(field, errors, FieldReader.TimeExpected);
        }

        return micros <= latestMicros || Fail(field, errors, "timestamp in the future: expected a time that the clock has reached");
    }

    public static bool TryReadCount(ref Utf8JsonReader reader, string field, FieldErrors errors, out int? value)
    {
        value = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number >= 0 ? number : null;
        return value is not null || Skip(ref reader, field, errors, "expected an integer from 0 to 2147483647");
    }

    public static bool TryReadWhole(ref Utf8JsonReader reader, string field, FieldErrors errors, long max, out long? value)
    {
        value = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0 && number <= max ? number : null;
        return value is not null
            || Skip(ref reader, field, errors, string.Create(CultureInfo.InvariantCulture, $"expected an integer from 0 to {max}"));
    }

    public static bool TryReadAverage(ref Utf8JsonReader reader, string field, FieldErrors errors, out double? value)
    {
        value = reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number) && number >= 0
            ? number
            : null;
        return value is not null || Skip(ref reader, field, errors, "expected a finite number, 0 or more");
    }

    /// <summary>Whether PostgreSQL's jsonb stores the number's text as it stands; exponents and endless digits it may refuse.</summary>
    public static bool IsPlainNumber(in Utf8JsonReader reader) =>
        reader.ValueSpan.Length <= 32 && !reader.ValueSpan.ContainsAny((byte)'e', (byte)'E');

    /// <summary>
    /// False for a string with half a surrogate pair, on which the reader throws: the fault lies in this field, and the others are
    /// still to be looked at.
    /// </summary>
    private static bool IsWhole<T>(in Utf8JsonReader reader, out T? value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String || !reader.ValueIsEscaped)
        {
            return true;
        }

        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Skip(ref Utf8JsonReader reader, string field, FieldErrors errors, string expected)
    {
        reader.Skip();
        return Fail(field, errors, expected);
    }

    private static bool Fail(string field, FieldErrors errors, string expected)
    {
        errors.Add(field, expected);
        return false;
    }
}
