using Levee.Features;
using Levee.Features.Oracle;
using Levee.Storage;

namespace Levee.Parity;

/// <summary>
/// A merchant as the oracle sees it at one point after the other. Points mostly grow, and then only what is new is taken; when one does not
/// hold what the one before it held, as after a crash, the oracle begins again.
/// </summary>
internal sealed class MerchantHistory(IReadOnlyList<ParityTransaction> transactions, IEnumerable<ParityLabel> labels)
{
    private readonly ILookup<Guid, ParityLabel> _labels = labels.ToLookup(label => label.TransactionId);
    private readonly List<ParityTransaction> _left = [];
    private MerchantPoint? _at;
    private NaiveMerchant _oracle = New();

    /// <summary>The counts at a time, as a merchant at a point knew them.</summary>
    public MerchantSnapshot Snapshot(MerchantPoint point, long atMicros, long baseCents)
    {
        if (_at is null || !point.Includes(_at))
        {
            _oracle = New();
            _left.Clear();
            _left.AddRange(transactions);
        }

        // What the point does not know yet keeps its order.
        var kept = 0;
        for (var i = 0; i < _left.Count; i++)
        {
            if (_left[i].IsKnownAt(point))
            {
                _oracle.Take(_left[i].Transaction);
            }
            else
            {
                _left[kept++] = _left[i];
            }
        }

        _left.RemoveRange(kept, _left.Count - kept);
        if (_at is null || point.Version != _at.Version || !point.Includes(_at))
        {
            ApplyLabels(point);
        }

        _at = point;
        return _oracle.Snapshot(atMicros, baseCents);
    }

    private static NaiveMerchant New()
    {
        var options = new MerchantWindowOptions();
        return new NaiveMerchant(options.MaxExactEvents, options.MaxIds);
    }

    private void ApplyLabels(MerchantPoint point)
    {
        foreach (var one in _labels)
        {
            var known = one.Where(label => label.SinceVersion <= point.Version).ToArray();
            if (known.Length > 0)
            {
                var early = known[0].EarlyLabel is { } fraud ? [new LabelObservation(fraud, known[0].EventTimeMicros)] : Array.Empty<LabelObservation>();
                _oracle.ApplyLabels(new LabelHistory(
                    known[0].TransactionId, known[0].EventTimeMicros, [.. early, .. known.Select(label => label.Observation)])
                {
                    BaseCents = known[0].BaseCents,
                });
            }
        }
    }
}
