using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;

namespace Levee.Api.OpenApi;

/// <summary>What an endpoint says of itself in the OpenAPI document.</summary>
internal static class Documentation
{
    private const string ProblemJson = "application/problem+json";

    public static TBuilder Describe<TBuilder>(this TBuilder builder, string tag, string summary, string description)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithTags(tag).WithSummary(summary).WithDescription(description);

    /// <summary>
    /// Declares what the handler reads by itself. Only in the document: as metadata of the endpoint, routing would answer another
    /// content type before the handler can say what was expected.
    /// </summary>
    public static TBuilder ReadsJson<TBuilder>(this TBuilder builder, Type type, bool isOptional = false)
        where TBuilder : IEndpointConventionBuilder =>
        builder.ReadsJson(type, isOptional, reference => reference);

    /// <summary>The same for an object or an array of such.</summary>
    public static TBuilder ReadsOneOrMany<TBuilder>(this TBuilder builder, Type type)
        where TBuilder : IEndpointConventionBuilder =>
        builder.ReadsJson(type, isOptional: false, reference => new OpenApiSchema
        {
            OneOf = [reference, new OpenApiSchema { Type = JsonSchemaType.Array, Items = reference, MinItems = 1 }],
        });

    /// <summary>The same for an array of such.</summary>
    public static TBuilder ReadsMany<TBuilder>(this TBuilder builder, Type type)
        where TBuilder : IEndpointConventionBuilder =>
        builder.ReadsJson(type, isOptional: false, reference => new OpenApiSchema { Type = JsonSchemaType.Array, Items = reference });

    /// <summary>Declares what the handler writes by itself.</summary>
    public static TBuilder Answers<TBuilder>(this TBuilder builder, int status, Type type, string contentType = "application/json")
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ProducesResponseTypeMetadata(status, type, [contentType]));

    /// <summary>Declares problem details; those about the request name the faulty fields.</summary>
    public static TBuilder ProducesProblems<TBuilder>(this TBuilder builder, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
        {
            var namesFields = status is 400 or 413 or 415 or 422;
            builder.Answers(status, namesFields ? typeof(HttpValidationProblemDetails) : typeof(ProblemDetails), ProblemJson);
        }

        return builder;
    }

    /// <summary>Offers bodies that are accepted as they stand.</summary>
    public static TBuilder WithBodyExamples<TBuilder>(this TBuilder builder, params (string Name, Func<JsonNode> Value)[] examples)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var content in operation.RequestBody?.Content?.Values ?? [])
            {
                content.Examples = examples.ToDictionary(
                    e => e.Name, IOpenApiExample (e) => new OpenApiExample { Summary = e.Name, Value = e.Value() });
            }

            return Task.CompletedTask;
        });

    /// <summary>Says what a parameter of the path is, with a value for it.</summary>
    public static TBuilder WithParameter<TBuilder>(this TBuilder builder, string name, string description, JsonNode value, OpenApiSchema schema)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(p => p.Name == name))
            {
                parameter.Description = description;
                parameter.Example = value.DeepClone();
                parameter.Schema = schema;
            }

            return Task.CompletedTask;
        });

    /// <summary>Declares a query parameter that the handler reads by itself.</summary>
    public static TBuilder WithQueryFlag<TBuilder>(this TBuilder builder, string name, string description)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Query,
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.Boolean, Default = false },
            });
            return Task.CompletedTask;
        });

    /// <summary>Declares an optional text in the query that the handler reads by itself.</summary>
    public static TBuilder WithQueryText<TBuilder>(this TBuilder builder, string name, string description, JsonNode value)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Query,
                Description = description,
                Example = value.DeepClone(),
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            return Task.CompletedTask;
        });

    /// <summary>Declares an optional request header that the handler reads by itself.</summary>
    public static TBuilder WithHeader<TBuilder>(this TBuilder builder, string name, string description, JsonNode value)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Description = description,
                Example = value.DeepClone(),
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            return Task.CompletedTask;
        });

    /// <summary>Gives answers an ETag, answers If-None-Match with 304 and says so.</summary>
    public static RouteHandlerBuilder WithEntityTag<TAnswer>(this RouteHandlerBuilder builder) => builder
        .AddEndpointFilter(new EntityTags<TAnswer>())
        .WithHeader("If-None-Match", "The ETag of an earlier answer: 304 without a body when it would be the same again.", "\"0\"")
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var responses = operation.Responses ??= [];
            responses["304"] = new OpenApiResponse { Description = "Not Modified" };
            if (responses.TryGetValue("200", out var found) && found is OpenApiResponse ok)
            {
                ok.Headers ??= new Dictionary<string, IOpenApiHeader>();
                ok.Headers["ETag"] = new OpenApiHeader
                {
                    Description = "Stands for exactly these bytes.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                };
            }

            return Task.CompletedTask;
        });

    /// <summary>Says that 429 and 503 carry Retry-After.</summary>
    public static Task AddRetryAfter(OpenApiOperation operation)
    {
        foreach (var status in (int[])[StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable])
        {
            if (operation.Responses?.TryGetValue(status.ToString(CultureInfo.InvariantCulture), out var response) == true
                && response is OpenApiResponse refusal
                && refusal.Content?.ContainsKey(ProblemJson) == true)
            {
                refusal.Headers ??= new Dictionary<string, IOpenApiHeader>();
                refusal.Headers["Retry-After"] = new OpenApiHeader
                {
                    Description = "Seconds to wait before trying again.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                };
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Says that an operation takes and gives lines of JSON as well, one a line, where its JSON is an array.</summary>
    /// <param name="builder">The endpoint; what it reads and answers is declared already.</param>
    /// <param name="contentType">Content type of the lines.</param>
    /// <param name="rows">A body in JSON, of which the lines are the items.</param>
    public static TBuilder AlsoInLines<TBuilder>(this TBuilder builder, string contentType, Func<JsonNode> rows)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var lines = string.Concat(rows().AsArray().Select(row => row!.ToJsonString() + "\n"));
            Add(operation.RequestBody?.Content, lines);
            Add(operation.Responses?["200"].Content, example: null);
            return Task.CompletedTask;

            void Add(IDictionary<string, OpenApiMediaType>? content, string? example)
            {
                if (content?.TryGetValue("application/json", out var array) == true)
                {
                    content[contentType] = new OpenApiMediaType { Schema = array.Schema?.Items ?? array.Schema, Example = example };
                }
            }
        });

    private static TBuilder ReadsJson<TBuilder>(this TBuilder builder, Type type, bool isOptional, Func<IOpenApiSchema, IOpenApiSchema> shape)
        where TBuilder : IEndpointConventionBuilder =>
        builder.ProducesProblems(StatusCodes.Status408RequestTimeout).AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        {
            var schema = await context.GetOrCreateSchemaAsync(type, parameterDescription: null, cancellationToken);
            context.Document!.AddComponent(type.Name, schema);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = !isOptional,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new() { Schema = shape(new OpenApiSchemaReference(type.Name, context.Document)) },
                },
            };
        });
}
