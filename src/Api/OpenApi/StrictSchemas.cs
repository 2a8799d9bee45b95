using System.Text.Json.Serialization.Metadata;
using Levee.Api.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Levee.Api.OpenApi;

/// <summary>Makes the schemas say what the parsers do, where the serialiser that they are derived from would do something else.</summary>
internal static class StrictSchemas
{
    /// <summary>Beyond this, JSON numbers in a document are no longer exact, and a bound that is not exact is wrong.</summary>
    private const long MaxExact = 1L << 53;

    public static Task CorrectAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (schema.Type is { } type && (type & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0)
        {
            // The web defaults read numbers from strings; our parsers do not.
            schema.Type = type & ~JsonSchemaType.String;
            schema.Pattern = null;
            if (context.JsonTypeInfo.Type == typeof(long) || context.JsonTypeInfo.Type == typeof(double?))
            {
                schema.Maximum = IsExact(schema.Maximum) ? schema.Maximum : null;
            }
        }

        AddAlternatives(schema, context.JsonPropertyInfo);
        return Task.CompletedTask;
    }

    private static bool IsExact(string? bound) =>
        long.TryParse(bound, System.Globalization.CultureInfo.InvariantCulture, out var value) && value <= MaxExact;

    private static void AddAlternatives(OpenApiSchema schema, JsonPropertyInfo? property)
    {
        if (property?.DeclaringType == typeof(LabelBody) && property.Name == "is_fraud")
        {
            schema.Type |= JsonSchemaType.Boolean;
        }
        else if (property?.DeclaringType == typeof(LabelBody) && property.Name == "observed_at")
        {
            schema.Type |= JsonSchemaType.Integer;
        }
        else if (property?.DeclaringType == typeof(PredictBody) && property.Name == "timestamp")
        {
            schema.Type |= JsonSchemaType.Integer;
        }
    }
}
