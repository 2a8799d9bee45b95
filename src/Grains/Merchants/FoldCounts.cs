using Levee.Features;
using Levee.Grains.Streams;

namespace Levee.Grains.Merchants;

/// <summary>Folds the records of a delivery into a merchant's window, and counts what became of them.</summary>
internal struct FoldCounts
{
    private int _folded;
    private int _duplicates;
    private int _conflicts;
    private int _redelivered;
    private int _unknown;

    /// <summary>Records that moved the merchant's offsets, and so have to become durable.</summary>
    public readonly int Taken => _folded + _duplicates + _conflicts;

    /// <summary>Folds a record, unless the state has it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="loaded">The state.</param>
    /// <param name="delta">Receives what changed.</param>
    public void Fold(TransactionRecord record, WindowState<MerchantWindow>.Loaded loaded, MerchantDelta delta)
    {
        if (loaded.Offsets.Covers(record))
        {
            _redelivered++;
            return;
        }

        if (record.IsReplay)
        {
            // It was complete without this merchant: refused at the time. Folding it now would be a change.
            _unknown++;
            return;
        }

        var transaction = TransactionMapping.ToTransaction(record);
        switch (loaded.Window.Fold(transaction).Status)
        {
            case FoldStatus.Folded:
                delta.Add(transaction);
                _folded++;
                break;
            case FoldStatus.Duplicate:
                _duplicates++;
                break;
            default:
                // The customer's grain sends it to the dead letters; here it just must not count.
                _conflicts++;
                break;
        }

        loaded.Offsets.Advance(record);
    }

    /// <summary>Notes in the metrics what changed nothing.</summary>
    public readonly void NoteSeen()
    {
        StreamMetrics.MerchantRedelivered.Inc(_redelivered);
        StreamMetrics.MerchantUnknown.Inc(_unknown);
    }

    /// <summary>Notes in the metrics what is durable.</summary>
    public readonly void NoteDurable()
    {
        StreamMetrics.MerchantFolded.Inc(_folded);
        StreamMetrics.MerchantDuplicate.Inc(_duplicates);
        StreamMetrics.MerchantConflict.Inc(_conflicts);
    }
}
