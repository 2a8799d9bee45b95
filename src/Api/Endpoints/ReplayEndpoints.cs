using Levee.Api.Contracts;
using Levee.Api.OpenApi;
using Levee.Api.Parsing;
using Levee.Api.Security;
using Levee.Features;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Levee.Api.Endpoints;

/// <summary>POST /replay and GET /replay.</summary>
internal static class ReplayEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/replay", StartAsync)
            .Requires(AccessRoles.Operate)
            .Describe(
                "Stream",
                "Deliver records once more",
                "Every record from an offset or a time on is delivered again while the silos go on. It changes nothing: what was folded " +
                "is recognised. 409 when records are gone from the log.")
            .ReadsJson(typeof(ReplayBody))
            .WithBodyExamples(("From an offset", () => Examples.ReplayOffset), ("From a time", () => Examples.ReplayTime))
            .ProducesProblems(400, 408, 409, 413, 415, 503);
        routes.MapGet("/replay", GetStatusAsync)
            .Requires(AccessRoles.Operate)
            .Describe("Stream", "How far replays are", "The last replay of each partition.")
            .ProducesProblems(503);
    }

    private static async Task<Results<Accepted<ReplaysAnswer>, ProblemHttpResult>> StartAsync(
        HttpContext context, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var bounds = options.Value;
        var body = await RequestBody.ReadAsync(context.Request, bounds.MaxBodyBytes, optional: false);
        if (body.Status != StatusCodes.Status200OK)
        {
            return Problems.Unreadable(body.Status, bounds.MaxBodyBytes);
        }

        var errors = new FieldErrors();
        var request = ReplayParser.Parse(body.Bytes, UnixMicros.FromDateTimeOffset(time.GetUtcNow()), errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var answer = await cluster.Get<IReplayGrain>(0).Start(request).WaitAsync(bounds.RequestTimeout, time, cancellationToken);
        return answer.Refusals.Length > 0
            ? Problems.Conflict(string.Join(' ', answer.Refusals))
            : TypedResults.Accepted("/replay", ReplaysAnswer.From(answer));
    }

    private static async Task<Results<Ok<ReplaysAnswer>, ProblemHttpResult>> GetStatusAsync(
        Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var answer = await cluster.Get<IReplayGrain>(0).GetStatus().WaitAsync(options.Value.RequestTimeout, time, cancellationToken);
        return TypedResults.Ok(ReplaysAnswer.From(answer));
    }
}
