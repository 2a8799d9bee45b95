using Levee.Api.Contracts;
using Levee.Api.OpenApi;
using Levee.Api.Security;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Levee.Api.Endpoints;

/// <summary>GET /health, /health/live and /health/ready.</summary>
internal static class HealthEndpoints
{
    /// <summary>Why there is no score without a model, and what to do.</summary>
    public const string NoModel = "No model is loaded yet. When none is in production, POST /retrain trains the first on the stored, labelled transactions.";

    private const string NoSilo = "No silo answers.";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", CheckAsync)
            .IsOpen()
            .Describe("Health", "Health of model, database, stream and prediction log", "200 when all are healthy, else 503 with the same body.")
            .Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/health/live", () => TypedResults.Ok(new ReadyAnswer("live")))
            .IsOpen()
            .Describe("Health", "Liveness", "200 while the process runs.");
        routes.MapGet("/health/ready", ReadyAsync)
            .IsOpen()
            .Describe("Health", "Readiness", "200 when a silo answers and serves a model. The database has no part in it: scoring goes on without.")
            .Produces<ReadyAnswer>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<HealthAnswer>, JsonHttpResult<HealthAnswer>>> CheckAsync(
        Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        SystemHealth health;
        try
        {
            health = await cluster.Get<IHealthGrain>(0).Check().WaitAsync(options.Value.HealthTimeout, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever kept the silo from answering, the caller asked exactly this question: it is not healthy.
            var silent = new ComponentHealth(false, NoSilo);
            health = new SystemHealth { Model = silent, Database = silent, Stream = silent, PredictionLog = silent };
        }

        var answer = HealthAnswer.From(health);
        return answer.Status == HealthAnswer.Healthy
            ? TypedResults.Ok(answer)
            : TypedResults.Json(answer, ApiJsonContext.Default.HealthAnswer, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<ReadyAnswer>, JsonHttpResult<ReadyAnswer>>> ReadyAsync(
        Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var served = await cluster.Get<IModelGrain>(0).GetServed().WaitAsync(options.Value.ReadyTimeout, time, cancellationToken);
            return served is null
                ? NotReady(NoModel)
                : TypedResults.Ok(new ReadyAnswer("ready", null, served.Version));
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return NotReady(NoSilo);
        }
    }

    private static JsonHttpResult<ReadyAnswer> NotReady(string detail) => TypedResults.Json(
        new ReadyAnswer("not_ready", detail), ApiJsonContext.Default.ReadyAnswer, statusCode: StatusCodes.Status503ServiceUnavailable);
}
