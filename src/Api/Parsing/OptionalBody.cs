using System.Text.Json;
using System.Text.Unicode;

namespace Levee.Api.Parsing;

/// <summary>Reads the small optional bodies of the administrative endpoints: an object with a few optional fields.</summary>
internal static class OptionalBody
{
    private const int MaxReasonLength = 500;
    private const int MaxWhoLength = 100;

    /// <summary>Reads {"reason": text, "who": text}; null for what is missing.</summary>
    public static (string? Reason, string? Who) ReadReason(byte[] body, FieldErrors errors)
    {
        string? reason = null, who = null;
        Read(
            body,
            errors,
            ("reason", (ref reader) => JsonFields.TryReadText(ref reader, "reason", errors, MaxReasonLength, out reason)),
            ("who", (ref reader) => JsonFields.TryReadText(ref reader, "who", errors, MaxWhoLength, out who)));
        return (reason, who);
    }

    /// <summary>Reads {"force": flag}; false when there is none.</summary>
    public static bool ReadForce(byte[] body, FieldErrors errors)
    {
        bool? force = null;
        Read(body, errors, ("force", (ref reader) => JsonFields.TryReadFlag(ref reader, "force", errors, out force)));
        return force ?? false;
    }

    private delegate bool ReadValue(ref Utf8JsonReader reader);

    private static void Read(byte[] body, FieldErrors errors, params (string Name, ReadValue ReadValue)[] fields)
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
            ReadObject(new Utf8JsonReader(body), errors, fields);
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

    private static void ReadObject(Utf8JsonReader reader, FieldErrors errors, (string Name, ReadValue ReadValue)[] fields)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(FieldErrors.Body, "expected a JSON object or no body");
            return;
        }

        var seen = new bool[fields.Length];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = fields.Length - 1;
            while (field >= 0 && !reader.ValueTextEquals(fields[field].Name))
            {
                field--;
            }

            reader.Read();
            if (field >= 0 && seen[field])
            {
                errors.Add(fields[field].Name, "was given more than once: expected it once");
            }

            if (field < 0 || seen[field] || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
            }
            else
            {
                fields[field].ReadValue(ref reader);
            }

            if (field >= 0)
            {
                seen[field] = true;
            }
        }

        reader.Read();
    }
}
