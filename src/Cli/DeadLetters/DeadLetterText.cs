using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Levee.Cli.DeadLetters;

/// <summary>Payloads, which can be anything, as text that harms no terminal.</summary>
internal static class DeadLetterText
{
    private const int ExcerptLength = 80;
    private const int BytesPerLine = 16;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // The encoder for terminals: it keeps letters of all languages and escapes control characters.
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The beginning of a payload on one line, with dots for what cannot be printed.</summary>
    public static string Excerpt(byte[]? payload)
    {
        var text = Encoding.UTF8.GetString(payload.AsSpan(0, Math.Min(payload?.Length ?? 0, 4 * ExcerptLength)));
        var line = Printable(text.Length > ExcerptLength ? text[..ExcerptLength] : text);
        return payload is null ? "(null)" : text.Length > ExcerptLength ? line + "..." : line;
    }

    /// <summary>A line with dots for what cannot be printed.</summary>
    public static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '.' : c));

    /// <summary>A whole payload: JSON on several lines, text as it is, anything else as hexadecimal bytes.</summary>
    public static string Whole(byte[]? payload) => payload is null ? "(null)" : Json(payload) ?? Text(payload) ?? Hex(payload);

    /// <summary>A payload as text; null when it is none.</summary>
    public static string? Text(byte[] payload)
    {
        try
        {
            var text = Strict.GetString(payload);
            return text.Any(c => char.IsControl(c) && c is not ('\n' or '\t' or '\r')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string? Json(byte[] payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream, Indented))
            {
                document.WriteTo(writer);
            }

            return Encoding.UTF8.GetString(stream.ToArray());
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // JSON in form, but a text in it is no UTF-8.
            return null;
        }
    }

    private static string Hex(byte[] payload) => string.Join(Environment.NewLine, payload.Chunk(BytesPerLine).Select((bytes, line) => string.Create(
        CultureInfo.InvariantCulture,
        $"{line * BytesPerLine:x6}  {Convert.ToHexStringLower(bytes).Chunk(2).Aggregate("", (text, pair) => $"{text}{new string(pair)} "),-49} " +
        $"{string.Concat(bytes.Select(b => b is >= 0x20 and < 0x7f ? (char)b : '.'))}")));
}
