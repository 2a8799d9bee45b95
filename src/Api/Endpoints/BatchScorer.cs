using Levee.Api.Admission;
using Levee.Api.Parsing;
using Levee.Features;
using Levee.Grains;
using Microsoft.Extensions.Options;

namespace Levee.Api.Endpoints;

/// <summary>
/// Scores rows of a batch: at once those whose customers are in this process, or on the silo that a client reaches first, and the others by
/// a call of each one's grain.
/// </summary>
internal sealed class BatchScorer(
    Cluster cluster,
    CurrencyTable currencies,
    IOptions<ApiOptions> options,
    TimeProvider time,
    PredictionMetrics metrics,
    ClusterErrors clusterErrors,
    IActiveCustomers? active = null)
{
    private readonly TimeSpan _timeout = options.Value.PredictTimeout;
    private readonly int _maxRowBytes = options.Value.MaxBodyBytes;
    private readonly long _skewMicros = options.Value.MaxClockSkew.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Scores rows.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rows">The rows' bytes.</param>
    /// <param name="version">The version that scores all of them.</param>
    /// <param name="explain">Whether the scores shall give their reasons.</param>
    /// <param name="deadline">When rows that are not scored fail.</param>
    /// <returns>One result a row, in the order of the rows.</returns>
    public async Task<RowScore[]> ScoreAsync(
        HttpContext context, List<ReadOnlyMemory<byte>> rows, string version, bool explain, BatchDeadline deadline)
    {
        var started = time.GetTimestamp();
        var scores = new RowScore[rows.Count];
        if (deadline.IsOver)
        {
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] = TooLate();
            }

            return scores;
        }

        var requests = Parse(rows, version, explain, scores);
        var responses = await ScoreActiveAsync(requests, deadline);
        List<(int Row, Task<RowScore> Score)>? others = null;
        for (var i = 0; i < requests.Length; i++)
        {
            if (responses[i] is { } response)
            {
                scores[i] = Count(response, version, started);
            }
            else if (requests[i] is { } request)
            {
                (others ??= []).Add((i, CallAsync(context, request, version, started, deadline)));
            }
        }

        foreach (var (row, score) in others ?? [])
        {
            scores[row] = await score;
        }

        return scores;
    }

    private ScoreRequest?[] Parse(List<ReadOnlyMemory<byte>> rows, string version, bool explain, RowScore[] scores)
    {
        var latest = UnixMicros.FromDateTimeOffset(time.GetUtcNow()) + _skewMicros;
        var requests = new ScoreRequest?[rows.Count];
        var errors = new FieldErrors();
        for (var i = 0; i < requests.Length; i++)
        {
            if (rows[i].Length > _maxRowBytes)
            {
                metrics.Rejected(StatusCodes.Status413PayloadTooLarge);
                scores[i] = RowScore.Failed(StatusCodes.Status413PayloadTooLarge, $"The row is larger than {_maxRowBytes} bytes.");
                continue;
            }

            if (PredictParser.Parse(rows[i].ToArray(), currencies, latest, errors) is { } request)
            {
                requests[i] = request with { Explain = explain, ModelVersion = version };
                continue;
            }

            metrics.Rejected(StatusCodes.Status400BadRequest);
            scores[i] = RowScore.Failed(StatusCodes.Status400BadRequest, "The row is invalid.", errors);
            errors = new FieldErrors();
        }

        return requests;
    }

    private async ValueTask<ScoreResponse?[]> ScoreActiveAsync(ScoreRequest?[] requests, BatchDeadline deadline)
    {
        var responses = new ScoreResponse?[requests.Length];
        try
        {
            if (active is null)
            {
                return await cluster.Get<IBatchScoringGrain>(0).ScoreActive(requests).WaitAsync(_timeout, time, deadline.Token);
            }

            active.TryScore(requests, responses);
        }
        catch (Exception)
        {
            // Each row is called for by itself then, and what is wrong shows with the rows that it is wrong with.
        }

        return responses;
    }

    private async Task<RowScore> CallAsync(HttpContext context, ScoreRequest request, string version, long started, BatchDeadline deadline)
    {
        try
        {
            var score = await cluster.Get<ICustomerGrain>(request.CustomerId).Score(request).WaitAsync(_timeout, time, deadline.Token);
            return Count(score, version, started);
        }
        catch (OperationCanceledException) when (deadline.IsOver)
        {
            return TooLate();
        }
        catch (Exception exception)
        {
            metrics.Failed();
            return clusterErrors.FindReason(context, exception) is { } reason
                ? RowScore.Failed(StatusCodes.Status503ServiceUnavailable, reason)
                : RowScore.Failed(StatusCodes.Status500InternalServerError, "A fault on the server; it was logged.");
        }
    }

    private RowScore TooLate()
    {
        metrics.Failed();
        return RowScore.Failed(StatusCodes.Status503ServiceUnavailable, BatchDeadline.TooLate);
    }

    private RowScore Count(ScoreResponse score, string version, long started)
    {
        if (!score.HasModel)
        {
            metrics.Failed();
            return RowScore.Failed(StatusCodes.Status503ServiceUnavailable, $"The customer's silo does not have {version} loaded.");
        }

        var elapsed = time.GetElapsedTime(started);
        metrics.Predicted(score.ModelVersion, score.IsFraud, elapsed.TotalSeconds);
        return new RowScore(score, elapsed);
    }
}
