using System.Collections.Concurrent;

namespace Levee.Grains.Merchants;

/// <summary>
/// The windows of the merchants that are active on this silo, for scores that are made here: a look at one costs far less than a call of
/// its grain, and shows the same as the call would. The grain publishes its window while it is in memory.
/// </summary>
internal sealed class LocalMerchants
{
    private readonly ConcurrentDictionary<long, MerchantView> _views = new();

    /// <summary>The window of a merchant is in memory here.</summary>
    public void Publish(MerchantView view) => _views[view.MerchantId] = view;

    /// <summary>It is not any more.</summary>
    public void Withdraw(MerchantView view) => _views.TryRemove(KeyValuePair.Create(view.MerchantId, view));

    /// <summary>The counts of a merchant as they were known at a time; false when it is not active here.</summary>
    public bool TrySnapshot(long merchantId, long atMicros, long baseCents, out MerchantSnapshotResponse snapshot)
    {
        if (!_views.TryGetValue(merchantId, out var view))
        {
            snapshot = default;
            return false;
        }

        snapshot = view.Snapshot(atMicros, baseCents);
        return true;
    }
}
