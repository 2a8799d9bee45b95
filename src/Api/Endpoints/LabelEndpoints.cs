using Levee.Api.Contracts;
using Levee.Api.OpenApi;
using Levee.Api.Parsing;
using Levee.Api.Security;
using Levee.Features;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Levee.Api.Endpoints;

/// <summary>POST /labels.</summary>
internal static class LabelEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/labels", AddAsync)
            .Requires(AccessRoles.Label)
            .Describe("Labels", "Store labels", "One label or an array of them. They are durable when the answer is 200; sending them again changes nothing.")
            .ReadsOneOrMany(typeof(LabelBody))
            .WithBodyExamples(("An array", () => Examples.Labels), ("One label", () => Examples.Label))
            .ProducesProblems(400, 413, 415, 503);

    private static async Task<Results<Ok<LabelsAnswer>, ProblemHttpResult>> AddAsync(
        HttpContext context, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var bounds = options.Value;
        var body = await RequestBody.ReadAsync(context.Request, bounds.MaxLabelsBodyBytes);
        if (body.Status != StatusCodes.Status200OK)
        {
            return Problems.Unreadable(body.Status, bounds.MaxLabelsBodyBytes);
        }

        var errors = new FieldErrors();
        var latest = UnixMicros.FromDateTimeOffset(time.GetUtcNow() + bounds.MaxClockSkew);
        var labels = LabelParser.Parse(body.Bytes, bounds.MaxLabels, latest, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var stored = await cluster.Get<ILabelGrain>(0).Add(labels).WaitAsync(bounds.RequestTimeout, time, cancellationToken);
        return TypedResults.Ok(new LabelsAnswer(labels.Length, stored));
    }
}
