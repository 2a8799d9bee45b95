using System.Security.Cryptography;
using Levee.Api.Contracts;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Levee.Api.Idempotency;

/// <summary>
/// The answers to POST /labels by Idempotency-Key, for a while and up to a number, in this process. A repeat that reaches another process,
/// or comes later, stores its labels again: those with a time of their own change nothing then, the others are newer observations.
/// </summary>
internal sealed class IdempotencyKeys(IOptions<ApiOptions> options, TimeProvider time)
{
    /// <summary>The request header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The longest key in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>What a key must look like.</summary>
    public static readonly string Expected = $"expected one key of 1 to {MaxLength} printable ASCII characters";

    private static readonly Gauge Kept = Metrics.CreateGauge("idempotency_keys", "Idempotency keys whose answers are kept.");
    private static readonly Counter Replayed = Metrics.CreateCounter(
        "idempotency_replays_total", "Requests that were answered with a kept answer.");
    private static readonly Counter Evicted = Metrics.CreateCounter(
        "idempotency_evictions_total", "Keys that were forgotten before their time since there were too many.");

    private readonly ApiOptions _options = options.Value;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string? Caller, string Key), IdempotentCall> _calls = [];

    // In the order in which they came, which is also the order in which they expire. A call that failed leaves its place here.
    private readonly Queue<((string? Caller, string Key) Key, IdempotentCall Call)> _order = new();

    /// <summary>Reads the header.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The key; null when there is none.</param>
    /// <returns>Whether the header is absent or right.</returns>
    public static bool TryRead(HttpRequest request, out string? key)
    {
        var values = request.Headers[Header];
        key = values.Count == 1 ? values[0] : null;
        return values.Count == 0
            || (key is { Length: > 0 and <= MaxLength } && !key.AsSpan().ContainsAnyExceptInRange('!', '~'));
    }

    /// <summary>Runs a request once for each key of a caller.</summary>
    /// <param name="caller">Who asks: keys of different callers do not meet. Null when callers are not known.</param>
    /// <param name="key">The key.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="call">The request; not run when the key's answer is kept or on its way. When it fails, the key is free again.</param>
    /// <returns>The answer on its way; null when the key was used with another body.</returns>
    public Task<LabelsAnswer>? Run(string? caller, string key, byte[] body, Func<Task<LabelsAnswer>> call)
    {
        var hash = SHA256.HashData(body);
        var id = (caller, key);
        var now = time.GetUtcNow();
        IdempotentCall added;
        var answer = new TaskCompletionSource<LabelsAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            Forget(now, _order.Count);
            if (_calls.TryGetValue(id, out var known))
            {
                if (!known.BodyHash.AsSpan().SequenceEqual(hash))
                {
                    return null;
                }

                Replayed.Inc();
                return known.Answer;
            }

            Forget(now, _options.MaxIdempotencyKeys - 1);
            added = new IdempotentCall(hash, answer.Task, now + _options.IdempotencyLifetime);
            _calls.Add(id, added);
            _order.Enqueue((id, added));
            Kept.Set(_calls.Count);
        }

        _ = CompleteAsync(id, added, call, answer);
        return answer.Task;
    }

    private async Task CompleteAsync(
        (string? Caller, string Key) id, IdempotentCall added, Func<Task<LabelsAnswer>> call, TaskCompletionSource<LabelsAnswer> answer)
    {
        try
        {
            answer.SetResult(await call());
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                Remove(id, added);
            }

            answer.SetException(exception);
        }
    }

    // What has expired, and the oldest beyond a number.
    private void Forget(DateTimeOffset now, int most)
    {
        while (_order.TryPeek(out var oldest) && (oldest.Call.ExpiresAt <= now || _order.Count > most))
        {
            _order.Dequeue();
            if (Remove(oldest.Key, oldest.Call) && oldest.Call.ExpiresAt > now)
            {
                Evicted.Inc();
            }
        }
    }

    private bool Remove((string? Caller, string Key) id, IdempotentCall call)
    {
        var removed = _calls.TryGetValue(id, out var current) && ReferenceEquals(current, call) && _calls.Remove(id);
        Kept.Set(_calls.Count);
        return removed;
    }
}
