using System.Text.Json;

namespace Levee.Api.Parsing;

/// <summary>Cuts the body of POST /predict/batch into its rows without looking into them.</summary>
internal static class BatchRows
{
    private const byte LineEnd = (byte)'\n';

    private static ReadOnlySpan<byte> Blank => " \t\r"u8;

    /// <summary>Cuts a body.</summary>
    /// <param name="body">A JSON array, or JSON values on lines of their own.</param>
    /// <param name="lines">Which of the two it is.</param>
    /// <param name="most">Most rows.</param>
    /// <param name="errors">Gets what is wrong with the body as a whole; rows have their own errors later.</param>
    /// <returns>The rows' bytes; not to be used when there are errors.</returns>
    public static List<ReadOnlyMemory<byte>> Cut(byte[] body, bool lines, int most, FieldErrors errors)
    {
        var rows = lines ? CutLines(body, most) : CutArray(body, most, errors);
        if (rows.Count > most)
        {
            errors.Add(FieldErrors.Body, $"expected at most {most} rows");
        }

        return rows;
    }

    private static List<ReadOnlyMemory<byte>> CutLines(byte[] body, int most)
    {
        var rows = new List<ReadOnlyMemory<byte>>();
        for (var start = 0; start < body.Length && rows.Count <= most;)
        {
            var length = body.AsSpan(start).IndexOf(LineEnd);
            length = length < 0 ? body.Length - start : length;
            if (body.AsSpan(start, length).ContainsAnyExcept(Blank))
            {
                rows.Add(body.AsMemory(start, length));
            }

            start += length + 1;
        }

        return rows;
    }

    private static List<ReadOnlyMemory<byte>> CutArray(byte[] body, int most, FieldErrors errors)
    {
        var rows = new List<ReadOnlyMemory<byte>>();
        var reader = new Utf8JsonReader(body);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                errors.Add(FieldErrors.Body, "expected a JSON array of transactions, or one on each line as " + RequestBody.Lines);
                return rows;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray && rows.Count <= most)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                rows.Add(body.AsMemory(start, (int)reader.BytesConsumed - start));
            }

            // Throws when anything but white space follows the array.
            if (rows.Count <= most)
            {
                reader.Read();
            }
        }
        catch (JsonException exception)
        {
            errors.Add(FieldErrors.Body, JsonErrors.Describe(exception));
        }

        return rows;
    }
}
