using System.Collections.Frozen;
using Levee.Storage;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Levee.Api.Security;

/// <summary>
/// The keys that work, in memory as a whole: a request costs one hash and one look-up, an unknown key costs the database nothing, and
/// while the database is away those known stay known.
/// </summary>
internal sealed class KeyRing
{
    private readonly Dictionary<KeyHash, Caller> _configured;
    private readonly TimeProvider _time;
    private readonly Gauge _held = Metrics.CreateGauge("levee_api_keys", "API keys in memory.");
    private readonly Gauge _leftOut = Metrics.CreateGauge(
        "levee_api_keys_over_limit", "1 while the database has more working API keys than may be held.");
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile FrozenDictionary<KeyHash, Caller> _keys;

    public KeyRing(IOptions<SecurityOptions> options, TimeProvider time)
    {
        _time = time;
        _configured = options.Value.Keys.ToDictionary(
            key => KeyHash.From(Convert.FromHexString(key.Hash)), key => new Caller(key.Name, RoleNames.Read(key.Roles), key.ExpiresAt));
        _keys = _configured.ToFrozenDictionary();
    }

    /// <summary>Completes when the database's keys are known, or when there is no database to ask.</summary>
    public Task Loaded => _loaded.Task;

    /// <summary>Whose key it is; null when it is unknown, revoked or expired.</summary>
    public Caller? Find(ReadOnlySpan<char> key) =>
        KeyHash.TryCompute(key, out var hash) && _keys.TryGetValue(hash, out var caller) && !(caller.ExpiresAt <= _time.GetUtcNow())
            ? caller
            : null;

    /// <summary>Takes over what the database has.</summary>
    public void Replace(IEnumerable<ApiKeyRow> rows, bool isComplete)
    {
        var keys = new Dictionary<KeyHash, Caller>(_configured);
        foreach (var row in rows)
        {
            keys.TryAdd(KeyHash.From(row.Hash), new Caller(row.Name, RoleNames.Read(row.Roles), row.ExpiresAt));
        }

        _keys = keys.ToFrozenDictionary();
        _held.Set(keys.Count);
        _leftOut.Set(isComplete ? 0 : 1);
        _loaded.TrySetResult();
    }
}
