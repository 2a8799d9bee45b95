using System.Text.Json;
using System.Text.Json.Serialization;

namespace Levee.Client;

/// <summary>The API writes yes and no as 1 and 0.</summary>
internal sealed class ZeroOrOneConverter : JsonConverter<bool>
{
    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetInt32() != 0;

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteNumberValue(value ? 1 : 0);
}
