using System.Text.Json;
using System.Text.Unicode;

namespace Levee.Api.Parsing;

/// <summary>Reads the small optional bodies of the administrative endpoints: an object with one optional field.</summary>
internal static class OptionalBody
{
    private const int MaxReasonLength = 500;

    /// <summary>Reads {"reason": text}; null when there is none.</summary>
    public static string? ReadReason(byte[] body, FieldErrors errors)
    {
        string? reason = null;
        Read(body, "reason", errors, (ref reader) => JsonFields.TryReadText(ref reader, "reason", errors, MaxReasonLength, out reason));
        return reason;
    }

    /// <summary>Reads {"force": flag}; false when there is none.</summary>
    public static bool ReadForce(byte[] body, FieldErrors errors)
    {
        bool? force = null;
        Read(body, "force", errors, (ref reader) => JsonFields.TryReadFlag(ref reader, "force", errors, out force));
        return force ?? false;
    }

    private delegate bool ReadValue(ref Utf8JsonReader reader);

    private static void Read(byte[] body, string field, FieldErrors errors, ReadValue readValue)
    {
        if (body.Length == 0)
        {
            return;
        }

        if (!Utf8.IsValid(body))
        {
            errors.Add(FieldErrors.Body, "expected UTF-8 text");
            return;
        }

        try
        {
            ReadObject(new Utf8JsonReader(body), field, errors, readValue);
        }
        catch (JsonException e)
        {
            errors.Add(FieldErrors.Body, JsonErrors.Describe(e));
        }
        catch (InvalidOperationException)
        {
            errors.Add(FieldErrors.Body, JsonErrors.BadUnicode);
        }
    }

    private static void ReadObject(Utf8JsonReader reader, string field, FieldErrors errors, ReadValue readValue)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(FieldErrors.Body, "expected a JSON object or no body");
            return;
        }

        var seen = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var known = reader.ValueTextEquals(field);
            reader.Read();
            if (known && seen)
            {
                errors.Add(field, "was given more than once: expected it once");
            }

            if (!known || seen || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
            }
            else
            {
                readValue(ref reader);
            }

            seen |= known;
        }

        reader.Read();
    }
}
