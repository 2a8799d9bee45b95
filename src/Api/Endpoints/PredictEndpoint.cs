using System.Reflection;
using Levee.Api.Admission;
using Levee.Api.Parsing;
using Levee.Features;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Levee.Api.Endpoints;

/// <summary>
/// POST /predict. The hot path: a plain request delegate that parses the body by hand, asks the customer's grain, or its window when
/// that is in this process, and writes the answer by hand. Waiting is bounded by the deadline alone; watching for a caller who hangs up
/// would cost more than it saves.
/// </summary>
internal sealed class PredictEndpoint(
    Cluster cluster,
    CurrencyTable currencies,
    IOptions<ApiOptions> options,
    TimeProvider time,
    PredictionMetrics metrics,
    PredictionAdmission admission,
    ClusterErrors clusterErrors,
    IActiveCustomers? active = null)
{
    private readonly ApiOptions _options = options.Value;
    private readonly long _skewMicros = options.Value.MaxClockSkew.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The handler, for the OpenAPI document.</summary>
    public static MethodInfo Method { get; } = typeof(PredictEndpoint).GetMethod(nameof(HandleAsync))!;

    public async Task HandleAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var body = await RequestBody.ReadAsync(context.Request, _options.MaxBodyBytes);
        if (body.Status != StatusCodes.Status200OK)
        {
            await RejectAsync(context, Problems.Unreadable(body.Status, _options.MaxBodyBytes));
            return;
        }

        if (!QueryFlags.TryRead(context.Request, "explain", out var explain))
        {
            await RejectAsync(context, Problems.Invalid("explain", QueryFlags.Expected));
            return;
        }

        var errors = new FieldErrors();
        var latest = UnixMicros.FromDateTimeOffset(time.GetUtcNow()) + _skewMicros;
        if (PredictParser.Parse(body.Bytes, currencies, latest, errors) is not { } request)
        {
            await RejectAsync(context, Problems.Invalid(errors));
            return;
        }

        using var lease = await admission.AdmitAsync(context);
        if (lease is null)
        {
            return;
        }

        request = explain ? request with { Explain = true } : request;
        ScoreResponse score;
        try
        {
            score = active?.TryScore(request)
                ?? await cluster.Get<ICustomerGrain>(request.CustomerId).Score(request).WaitAsync(_options.PredictTimeout, time);
        }
        catch (Exception e)
        {
            metrics.Failed();
            await clusterErrors.ToProblem(context, e).ExecuteAsync(context);
            return;
        }

        if (!score.HasModel)
        {
            metrics.Failed();
            await clusterErrors.Unavailable(context, HealthEndpoints.NoModel).ExecuteAsync(context);
            return;
        }

        var elapsed = time.GetElapsedTime(started);
        metrics.Predicted(score.ModelVersion, score.IsFraud, elapsed.TotalSeconds);
        await PredictResponseWriter.WriteAsync(context.Response, score, elapsed, explain);
    }

    private Task RejectAsync(HttpContext context, ProblemHttpResult problem)
    {
        metrics.Rejected(problem.StatusCode);
        return problem.ExecuteAsync(context);
    }
}
