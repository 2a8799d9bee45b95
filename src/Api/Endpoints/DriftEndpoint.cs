using Levee.Api.Contracts;
using Levee.Api.OpenApi;
using Levee.Api.Security;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Levee.Api.Endpoints;

/// <summary>GET /drift.</summary>
internal static class DriftEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/drift", MeasureAsync)
            .Requires(AccessRoles.Operate)
            .Describe(
                "Retraining",
                "Drift of the model in production",
                "Measured when asked, as the nightly check does: the AUC of predictions whose labels are mature, and how far each feature moved. Starts nothing.")
            .ProducesProblems(503);

    private static async Task<Results<Ok<DriftAnswer>, ProblemHttpResult>> MeasureAsync(
        HttpContext context, Cluster cluster, ClusterErrors errors, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var report = await cluster.Get<IDriftGrain>(0).Measure().WaitAsync(options.Value.RequestTimeout, time, cancellationToken);
        return report is null ? errors.Unavailable(context, HealthEndpoints.NoModel) : TypedResults.Ok(DriftAnswer.From(report));
    }
}
