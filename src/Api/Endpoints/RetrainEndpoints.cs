using Levee.Api.Contracts;
using Levee.Api.OpenApi;
using Levee.Api.Parsing;
using Levee.Api.Security;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Levee.Api.Endpoints;

/// <summary>POST /retrain and GET /retrain.</summary>
internal static class RetrainEndpoints
{
    private const string Who = "api";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/retrain", TriggerAsync)
            .Requires(AccessRoles.Operate)
            .Describe("Retraining", "Start a retraining run", "Trains when the AUC has fallen, when forced, or when no model is in production. While a run is under way, answers with that one.")
            .ReadsJson(typeof(RetrainBody), isOptional: true)
            .WithBodyExamples(("Retrain", () => Examples.Retrain))
            .ProducesProblems(400, 413, 415, 503);
        routes.MapGet("/retrain", GetStatusAsync)
            .Requires(AccessRoles.Operate)
            .Describe("Retraining", "The current or last run", "Its step, what it measured and how it ended.")
            .ProducesProblems(503);
    }

    private static async Task<Results<Accepted<RetrainAnswer>, ProblemHttpResult>> TriggerAsync(
        HttpContext context, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var bounds = options.Value;
        var body = await RequestBody.ReadAsync(context.Request, bounds.MaxBodyBytes, optional: true);
        if (body.Status != StatusCodes.Status200OK)
        {
            return Problems.Unreadable(body.Status, bounds.MaxBodyBytes);
        }

        var errors = new FieldErrors();
        var force = OptionalBody.ReadForce(body.Bytes, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var status = await cluster.Get<IRetrainGrain>(0).Trigger(force, Caller.NameOf(context) ?? Who).WaitAsync(bounds.RequestTimeout, time, cancellationToken);
        return TypedResults.Accepted("/retrain", RetrainAnswer.From(status));
    }

    private static async Task<Results<Ok<RetrainAnswer>, ProblemHttpResult>> GetStatusAsync(
        Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var status = await cluster.Get<IRetrainGrain>(0).GetStatus().WaitAsync(options.Value.RequestTimeout, time, cancellationToken);
        return TypedResults.Ok(RetrainAnswer.From(status));
    }
}
