using System.Globalization;
using Levee.Api.Contracts;
using Levee.Api.OpenApi;
using Levee.Api.Parsing;
using Levee.Api.Security;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Levee.Api.Endpoints;

/// <summary>GET /models, and POST /models/{version}/promote, /rollback and /archive.</summary>
internal static class ModelEndpoints
{
    private const string Nobody = "api";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models", ListAsync)
            .Requires(AccessRoles.Operate)
            .Describe("Models", "List models", "All versions, newest first, and what each silo serves.")
            .WithEntityTag<ModelsAnswer>()
            .ProducesProblems(503);
        routes.MapPost("/models/{version}/promote", PromoteAsync)
            .Requires(AccessRoles.Operate)
            .Describe("Models", "Promote a model", "Makes the version the one in production; every silo serves it within a second. 409 when it is of another feature list.")
            .ReadsJson(typeof(ReasonBody), isOptional: true)
            .WithBodyExamples(("Reason", () => Examples.Reason))
            .WithParameter("version", "Such as v1.", "v1", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^v[0-9]+$" })
            .ProducesProblems(400, 404, 409, 413, 415, 503);
        routes.MapPost("/models/{version}/rollback", RollbackAsync)
            .Requires(AccessRoles.Operate)
            .Describe("Models", "Roll a model back", "Brings back what was in production before this version; 409 unless this one is in production now.")
            .ReadsJson(typeof(ReasonBody), isOptional: true)
            .WithBodyExamples(("Reason", () => Examples.Reason))
            .WithParameter("version", "Such as v1.", "v1", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^v[0-9]+$" })
            .ProducesProblems(400, 404, 409, 413, 415, 503);
        routes.MapPost("/models/{version}/archive", ArchiveAsync)
            .Requires(AccessRoles.Operate)
            .Describe("Models", "Archive a model", "Takes the version out of use; 409 when it is in production.")
            .ReadsJson(typeof(ReasonBody), isOptional: true)
            .WithBodyExamples(("Reason", () => Examples.Reason))
            .WithParameter("version", "Such as v1.", "v1", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^v[0-9]+$" })
            .ProducesProblems(400, 404, 409, 413, 415, 503);
        ModelHistoryEndpoints.Map(routes);
    }

    private static async Task<Results<Ok<ModelsAnswer>, ProblemHttpResult>> ListAsync(
        Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var registry = cluster.Get<IModelRegistryGrain>(0);
        var versions = registry.List();
        var served = registry.GetServed();
        await Task.WhenAll(versions, served).WaitAsync(options.Value.RequestTimeout, time, cancellationToken);
        return TypedResults.Ok(new ModelsAnswer([.. (await versions).Select(ModelAnswer.From)], InOrder(await served)));
    }

    // So that the same content has the same ETag.
    private static Dictionary<string, string> InOrder(Dictionary<string, string> served) =>
        served.OrderBy(silo => silo.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

    private static async Task<Results<Ok<ModelAnswer>, ProblemHttpResult>> PromoteAsync(
        HttpContext context, string version, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (reason, who, problem) = await ReadAsync(context.Request, version, options.Value);
        return problem is not null
            ? problem
            : Answer(await cluster.Get<IModelRegistryGrain>(0).Promote(version, who, reason ?? "promoted through the API")
                .WaitAsync(options.Value.RequestTimeout, time, cancellationToken));
    }

    private static async Task<Results<Ok<ModelAnswer>, ProblemHttpResult>> RollbackAsync(
        HttpContext context, string version, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (reason, who, problem) = await ReadAsync(context.Request, version, options.Value);
        return problem is not null
            ? problem
            : Answer(await cluster.Get<IModelRegistryGrain>(0).Rollback(version, who, reason ?? "rolled back through the API")
                .WaitAsync(options.Value.RequestTimeout, time, cancellationToken));
    }

    private static async Task<Results<Ok<ModelAnswer>, ProblemHttpResult>> ArchiveAsync(
        HttpContext context, string version, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (reason, who, problem) = await ReadAsync(context.Request, version, options.Value);
        return problem is not null
            ? problem
            : Answer(await cluster.Get<IModelRegistryGrain>(0).Archive(version, who, reason ?? "archived through the API")
                .WaitAsync(options.Value.RequestTimeout, time, cancellationToken));
    }

    private static Results<Ok<ModelAnswer>, ProblemHttpResult> Answer(StageChange change) =>
        change.IsUnknown ? Problems.NotFound("There is no such model version.")
        : change.Refusal is { } refusal ? Problems.Conflict(refusal)
        : TypedResults.Ok(ModelAnswer.From(change.Version!));

    private static async ValueTask<(string? Reason, string Who, ProblemHttpResult? Problem)> ReadAsync(
        HttpRequest request, string version, ApiOptions options)
    {
        var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, optional: true);
        if (body.Status != StatusCodes.Status200OK)
        {
            return (null, Nobody, Problems.Unreadable(body.Status, options.MaxBodyBytes));
        }

        var errors = new FieldErrors();
        if (!IsVersion(version))
        {
            errors.Add("version", "expected a version such as v1");
        }

        var (reason, who) = OptionalBody.ReadReason(body.Bytes, errors);
        return (reason, Caller.NameOf(request.HttpContext) ?? who ?? Nobody, errors.Any ? Problems.Invalid(errors) : null);
    }

    /// <summary>Whether a text has the form of a version.</summary>
    internal static bool IsVersion(string text) =>
        text.StartsWith('v') && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
