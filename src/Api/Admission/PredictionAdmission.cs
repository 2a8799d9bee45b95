using System.Globalization;
using System.Threading.RateLimiting;
using Levee.Api.Security;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Levee.Api.Admission;

/// <summary>
/// Keeps the time of an answer bounded when more is asked than can be answered: so many predictions are under way, so many wait, each only
/// for a moment, and what is beyond gets 429 with Retry-After at once, at a small part of the cost of an answer. By Little's law the
/// wait of those who are let in is at most the bound divided by the rate of answers. Batches have bounds of their own, in requests and in rows,
/// so that they cannot shut out single predictions; a caller who is known has a share of these only, so that one who reads slowly does not stop
/// the others. Requests that wait for the processor are not yet seen by these bounds; the
/// <see cref="OverloadController"/> refuses a share of all for their sake.
/// </summary>
internal sealed class PredictionAdmission : IDisposable
{
    private static readonly byte[] Overloaded =
        """{"type":"https://tools.ietf.org/html/rfc6585#section-4","title":"Too many requests.","status":429,"detail":"More is asked at the moment than can be answered in time; try again."}"""u8.ToArray();

    private readonly TimeSpan _maxWait;
    private readonly string _retryAfter;
    private readonly TimeProvider _time;
    private readonly CallerLimits _callers;
    private readonly OverloadController _overload;
    private readonly ConcurrencyLimiter _single;
    private readonly SharedBound _batches;
    private readonly SharedBound _rows;
    private readonly Counter.Child _refusedSingle;
    private readonly Counter.Child _refusedBatches;
    private readonly Counter.Child _refusedRows;
    private readonly Counter.Child _refusedForDelay;
    private readonly Gauge _waiting = Metrics.CreateGauge("levee_predict_waiting", "Requests for predictions that wait to be let in.");

    public PredictionAdmission(IOptions<ApiOptions> options, CallerLimits callers, OverloadController overload, TimeProvider time)
    {
        var bounds = options.Value;
        _maxWait = bounds.MaxPredictionWait;
        _retryAfter = ((long)Math.Ceiling(bounds.RetryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        _time = time;
        _callers = callers;
        _overload = overload;
        _single = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = bounds.MaxConcurrentPredictions,
            QueueLimit = bounds.MaxWaitingPredictions,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        _batches = new SharedBound(bounds.MaxConcurrentBatches, bounds.MaxCallerBatchShare);
        _rows = new SharedBound(bounds.MaxConcurrentBatchRows, bounds.MaxCallerBatchShare);
        var refused = Metrics.CreateCounter(
            "levee_predict_overload_total", "Requests for predictions that were refused with 429 for overload, by the bound (predictions, batches, rows, delay).", "bound");
        _refusedSingle = refused.WithLabels("predictions");
        _refusedBatches = refused.WithLabels("batches");
        _refusedRows = refused.WithLabels("rows");
        _refusedForDelay = refused.WithLabels("delay");
    }

    /// <summary>Lets a request to POST /predict through to where its body is read, or refuses it.</summary>
    public RequestDelegate Guard(RequestDelegate next) => context => _overload.Refuses() ? RefuseAsync(context, _refusedForDelay) : next(context);

    /// <summary>
    /// Lets a request to POST /predict/batch through to where its rows are counted, or refuses it before its body is read: that may be large,
    /// and its time is bounded.
    /// </summary>
    public RequestDelegate GuardBatch(RequestDelegate next) => async context =>
    {
        if (_overload.Refuses())
        {
            await RefuseAsync(context, _refusedForDelay);
            return;
        }

        using var lease = await AcquireAsync(context, _batches, 1);
        await (lease.IsAcquired ? next(context) : RefuseAsync(context, _refusedBatches));
    };

    /// <summary>Counts a prediction whose body is read: whoever sends one slowly must not take the place of those whose is there.</summary>
    /// <returns>To be disposed of with the answer; null when it was refused, and the answer is written then.</returns>
    public ValueTask<RateLimitLease?> AdmitAsync(HttpContext context)
    {
        var lease = _single.AttemptAcquire();
        return lease.IsAcquired ? new ValueTask<RateLimitLease?>(lease) : WaitOrRefuseAsync(context);
    }

    /// <summary>
    /// Counts a batch by its rows, for its caller's rate limit and for the bound on rows, until the request ends. A batch of more rows than
    /// either bound, or its caller's share, counts as that many, so that it has its turn too.
    /// </summary>
    /// <returns>False when it was refused; the answer is written then.</returns>
    public async ValueTask<bool> AdmitRowsAsync(HttpContext context, int rows)
    {
        // The request itself has taken a token already.
        if (Caller.NameOf(context) is { } caller && !_callers.TryTakeRows(caller, rows - 1, out var wait))
        {
            CallerLimits.Refuse(context, wait);
            await TypedResults.Problem(CallerLimits.TooMany, statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
            return false;
        }

        var lease = await AcquireAsync(context, _rows, Math.Max(rows, 1));
        if (!lease.IsAcquired)
        {
            await RefuseAsync(context, _refusedRows);
            return false;
        }

        context.Response.RegisterForDispose(lease);
        return true;
    }

    public void Dispose()
    {
        _single.Dispose();
        _batches.Dispose();
        _rows.Dispose();
    }

    private async ValueTask<RateLimitLease?> WaitOrRefuseAsync(HttpContext context)
    {
        var lease = await WaitAsync(context, either => _single.AcquireAsync(1, either));
        if (lease.IsAcquired)
        {
            return lease;
        }

        await RefuseAsync(context, _refusedSingle);
        return null;
    }

    private async ValueTask<RateLimitLease> AcquireAsync(HttpContext context, SharedBound bound, int weight)
    {
        var caller = Caller.NameOf(context);
        var lease = bound.AttemptAcquire(caller, weight);
        return lease.IsAcquired ? lease : await WaitAsync(context, either => bound.AcquireAsync(caller, weight, either));
    }

    private async ValueTask<RateLimitLease> WaitAsync(HttpContext context, Func<CancellationToken, ValueTask<RateLimitLease>> acquire)
    {
        if (_maxWait == TimeSpan.Zero)
        {
            return Refusal.Instance;
        }

        using var patience = new CancellationTokenSource(_maxWait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        _waiting.Inc();
        try
        {
            return await acquire(either.Token);
        }
        catch (OperationCanceledException)
        {
            // Waited too long, or the caller has gone and will not read the answer.
            return Refusal.Instance;
        }
        finally
        {
            _waiting.Dec();
        }
    }

    private Task RefuseAsync(HttpContext context, Counter.Child refused)
    {
        refused.Inc();
        var response = context.Response;
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = _retryAfter;
        response.ContentType = "application/problem+json";
        response.ContentLength = Overloaded.Length;
        return response.Body.WriteAsync(Overloaded).AsTask();
    }

    private sealed class Refusal : RateLimitLease
    {
        public static readonly Refusal Instance = new();

        public override bool IsAcquired => false;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
