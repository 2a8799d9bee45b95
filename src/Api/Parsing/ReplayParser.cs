using System.Text.Json;
using System.Text.Unicode;
using Levee.Grains;

namespace Levee.Api.Parsing;

/// <summary>Reads the body of POST /replay.</summary>
internal static class ReplayParser
{
    private const string DefaultTopic = "transactions";
    private const int MaxTopicLength = 249;

    /// <summary>Parses and validates.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="nowMicros">The clock: a replay begins before it.</param>
    /// <param name="errors">Gets whatever is wrong.</param>
    /// <returns>The request; not to be used when <paramref name="errors"/> has something.</returns>
    public static ReplayRequest Parse(byte[] body, long nowMicros, FieldErrors errors)
    {
        var request = new ReplayRequest(DefaultTopic, null, null, null);
        if (body.Length == 0 || !Utf8.IsValid(body))
        {
            errors.Add(FieldErrors.Body, "expected a JSON object in UTF-8");
            return request;
        }

        try
        {
            request = Read(new Utf8JsonReader(body), nowMicros, errors);
        }
        catch (JsonException e)
        {
            errors.Add(FieldErrors.Body, JsonErrors.Describe(e));
        }
        catch (InvalidOperationException)
        {
            errors.Add(FieldErrors.Body, JsonErrors.BadUnicode);
        }

        return request;
    }

    private static ReplayRequest Read(Utf8JsonReader reader, long nowMicros, FieldErrors errors)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(FieldErrors.Body, "expected a JSON object");
            return new ReplayRequest(DefaultTopic, null, null, null);
        }

        string? topic = null;
        long? partition = null, offset = null, from = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueTextEquals("topic"u8) ? "topic"
                : reader.ValueTextEquals("partition"u8) ? "partition"
                : reader.ValueTextEquals("offset"u8) ? "offset"
                : reader.ValueTextEquals("from"u8) ? "from" : null;
            reader.Read();
            if (name is null || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
            }
            else if (!seen.Add(name))
            {
                errors.Add(name, "was given more than once: expected it once");
                reader.Skip();
            }
            else if (name == "topic")
            {
                JsonFields.TryReadText(ref reader, name, errors, MaxTopicLength, out topic);
            }
            else if (name == "from")
            {
                JsonFields.TryReadTime(ref reader, name, errors, nowMicros, out from);
            }
            else
            {
                JsonFields.TryReadWhole(ref reader, name, errors, name == "partition" ? int.MaxValue : long.MaxValue - 1, out var value);
                (partition, offset) = name == "partition" ? (value, offset) : (partition, value);
            }
        }

        // Throws when anything but white space follows.
        reader.Read();
        if (seen.Contains("offset") == seen.Contains("from"))
        {
            errors.Add("offset", "expected either offset or from");
        }

        return new ReplayRequest(topic ?? DefaultTopic, (int?)partition, offset, from);
    }
}
