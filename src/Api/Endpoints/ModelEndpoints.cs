using System.Globalization;
using Levee.Api.Contracts;
using Levee.Api.OpenApi;
using Levee.Api.Parsing;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Levee.Api.Endpoints;

/// <summary>GET /models, POST /models/{version}/promote and POST /models/{version}/rollback.</summary>
internal static class ModelEndpoints
{
    private const string Who = "api";
    private const string Production = "Production";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models", ListAsync)
            .Describe("Models", "List models", "All versions, newest first, and what each silo serves.")
            .ProducesProblems(503);
        routes.MapPost("/models/{version}/promote", PromoteAsync)
            .Describe("Models", "Promote a model", "Makes the version the one in production; every silo serves it within a second.")
            .ReadsJson(typeof(ReasonBody), isOptional: true)
            .WithBodyExamples(("Reason", () => Examples.Reason))
            .WithParameter("version", "Such as v1.", "v1", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^v[0-9]+$" })
            .ProducesProblems(400, 404, 413, 415, 503);
        routes.MapPost("/models/{version}/rollback", RollbackAsync)
            .Describe("Models", "Roll a model back", "Brings back what was in production before this version; 409 unless this one is in production now.")
            .ReadsJson(typeof(ReasonBody), isOptional: true)
            .WithBodyExamples(("Reason", () => Examples.Reason))
            .WithParameter("version", "Such as v1.", "v1", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^v[0-9]+$" })
            .ProducesProblems(400, 404, 409, 413, 415, 503);
    }

    private static async Task<Results<Ok<ModelsAnswer>, ProblemHttpResult>> ListAsync(
        Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var registry = cluster.Get<IModelRegistryGrain>(0);
        var versions = registry.List();
        var served = registry.GetServed();
        await Task.WhenAll(versions, served).WaitAsync(options.Value.RequestTimeout, time, cancellationToken);
        return TypedResults.Ok(new ModelsAnswer([.. (await versions).Select(ModelAnswer.From)], await served));
    }

    private static async Task<Results<Ok<ModelAnswer>, ProblemHttpResult>> PromoteAsync(
        HttpContext context, string version, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (reason, problem) = await ReadAsync(context.Request, version, options.Value);
        if (problem is not null)
        {
            return problem;
        }

        var promoted = await cluster.Get<IModelRegistryGrain>(0).Promote(version, Who, reason ?? "promoted through the API")
            .WaitAsync(options.Value.RequestTimeout, time, cancellationToken);
        return promoted is null ? Problems.NotFound("There is no such model version.") : TypedResults.Ok(ModelAnswer.From(promoted));
    }

    private static async Task<Results<Ok<ModelAnswer>, ProblemHttpResult>> RollbackAsync(
        HttpContext context, string version, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (reason, problem) = await ReadAsync(context.Request, version, options.Value);
        if (problem is not null)
        {
            return problem;
        }

        var registry = cluster.Get<IModelRegistryGrain>(0);
        var versions = await registry.List().WaitAsync(options.Value.RequestTimeout, time, cancellationToken);
        if (Array.Find(versions, v => v.Version == version) is not { } current)
        {
            return Problems.NotFound("There is no such model version.");
        }

        if (current.Stage != Production)
        {
            return Problems.Conflict("Only the version in production can be rolled back, and this one is not.");
        }

        var restored = await registry.Rollback(Who, reason ?? "rolled back through the API")
            .WaitAsync(options.Value.RequestTimeout, time, cancellationToken);
        return restored is null
            ? Problems.Conflict("There is no earlier version to go back to.")
            : TypedResults.Ok(ModelAnswer.From(restored));
    }

    private static async ValueTask<(string? Reason, ProblemHttpResult? Problem)> ReadAsync(
        HttpRequest request, string version, ApiOptions options)
    {
        var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, optional: true);
        if (body.Status != StatusCodes.Status200OK)
        {
            return (null, Problems.Unreadable(body.Status, options.MaxBodyBytes));
        }

        var errors = new FieldErrors();
        if (version[0] != 'v' || !int.TryParse(version.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            errors.Add("version", "expected a version such as v1");
        }

        var reason = OptionalBody.ReadReason(body.Bytes, errors);
        return (reason, errors.Any ? Problems.Invalid(errors) : null);
    }
}
