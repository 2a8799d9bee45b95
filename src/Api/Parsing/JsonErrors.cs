using System.Globalization;
using System.Text.Json;

namespace Levee.Api.Parsing;

/// <summary>What the caller is told when the body is no JSON.</summary>
internal static class JsonErrors
{
    public const string BadUnicode = "expected well-formed Unicode text, but an escape sequence is half a surrogate pair";

    /// <summary>Says where the text stops being JSON. The reader's own words would quote the input.</summary>
    public static string Describe(JsonException e) => string.Create(
        CultureInfo.InvariantCulture,
        $"expected valid JSON, but it is not at line {e.LineNumber + 1 ?? 1}, byte {e.BytePositionInLine + 1 ?? 1}");
}
