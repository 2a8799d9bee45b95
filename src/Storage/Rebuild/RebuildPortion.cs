using System.Runtime.CompilerServices;
using Levee.Features;

namespace Levee.Storage;

/// <summary>Some keys with all that belongs to them but their transactions, which are streamed.</summary>
internal sealed class RebuildPortion
{
    private readonly RebuildReader _reader;
    private readonly GrainKind _kind;
    private readonly long[] _keys;
    private readonly DurableOffsets _durable;
    private readonly Dictionary<long, LiveState> _states;
    private readonly Dictionary<long, List<long>> _minutes;
    private readonly Dictionary<long, List<LabelHistory>> _labels;

    private RebuildPortion(
        RebuildReader reader,
        GrainKind kind,
        long[] keys,
        DurableOffsets durable,
        Dictionary<long, LiveState> states,
        Dictionary<long, List<long>> minutes,
        Dictionary<long, List<LabelHistory>> labels)
    {
        _reader = reader;
        _kind = kind;
        _keys = keys;
        _durable = durable;
        _states = states;
        _minutes = minutes;
        _labels = labels;
    }

    /// <summary>Reads all but the transactions. Not one snapshot: the transaction of the reader has to see to that.</summary>
    public static async Task<RebuildPortion> ReadAsync(
        RebuildReader reader, GrainKind kind, long[] keys, string topic, CancellationToken cancellationToken) => new(
            reader,
            kind,
            keys,
            await reader.ReadOffsetsAsync(topic, cancellationToken),
            await reader.ReadStatesAsync(kind, keys, cancellationToken),
            kind == GrainKind.Customer ? await reader.ReadMinutesAsync(keys, cancellationToken) : [],
            kind == GrainKind.Merchant ? await reader.ReadLabelsAsync(keys, cancellationToken) : []);

    /// <summary>The ids that a merchant's live window remembers; null when it cannot be read.</summary>
    public static HashSet<Guid>? ReadRecentIds(LiveState? live) =>
        live?.ReadMerchant(out _) is { } window ? [.. window.RecentTransactionIds] : null;

    /// <summary>The same of one of this portion's merchants.</summary>
    public HashSet<Guid>? ReadRecentIds(long merchant) => ReadRecentIds(_states.GetValueOrDefault(merchant));

    /// <summary>Rebuilds key by key.</summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="onRow">Sees each row that counts.</param>
    public async IAsyncEnumerable<StateRebuild> RebuildAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken, Action<RebuildRow>? onRow = null)
    {
        var left = new SortedSet<long>(_keys);
        StateRebuild? current = null;
        await foreach (var row in _reader.ReadRowsAsync(_kind, _keys, cancellationToken))
        {
            var key = _kind == GrainKind.Customer ? row.Transaction.CustomerId : row.Transaction.MerchantId;
            if (current is null || current.Key != key)
            {
                if (current is not null)
                {
                    yield return Finish(current);
                }

                current = Begin(key);
                left.Remove(key);
            }

            if (current.TryAdd(row))
            {
                onRow?.Invoke(row);
            }
        }

        if (current is not null)
        {
            yield return Finish(current);
        }

        foreach (var key in left)
        {
            yield return Finish(Begin(key));
        }
    }

    /// <summary>Rebuilds one key again from the rows that a reader sees now, as of the moment of this portion's states.</summary>
    public async Task<StateRebuild> RebuildAgainAsync(RebuildReader reader, long key, CancellationToken cancellationToken)
    {
        var again = new RebuildPortion(reader, _kind, [key], _durable, _states, _minutes, _labels);
        await foreach (var rebuilt in again.RebuildAsync(cancellationToken))
        {
            return rebuilt;
        }

        throw new InvalidOperationException($"{_kind} {key} was not rebuilt.");
    }

    private StateRebuild Begin(long key) => _kind == GrainKind.Customer
        ? new CustomerRebuild(key, _states.GetValueOrDefault(key), _durable)
        : new MerchantRebuild(key, _states.GetValueOrDefault(key), _durable);

    private StateRebuild Finish(StateRebuild rebuilt)
    {
        switch (rebuilt)
        {
            case CustomerRebuild customer:
                customer.Close(_minutes.GetValueOrDefault(customer.Key) ?? []);
                break;
            case MerchantRebuild merchant:
                merchant.Apply(_labels.GetValueOrDefault(merchant.Key) ?? []);
                break;
        }

        return rebuilt;
    }
}
