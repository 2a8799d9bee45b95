using System.Collections.Concurrent;
using Levee.Features;

namespace Levee.Grains.Merchants;

/// <summary>
/// The windows of the merchants that are active on this silo, for scores that are made here: a look at one costs far less than a call of
/// its grain, and shows the same as the call would. The grain publishes its window while it is in memory, and whoever folds or looks holds
/// the window's lock.
/// </summary>
internal sealed class LocalMerchants
{
    private readonly ConcurrentDictionary<long, MerchantWindow> _windows = new();

    /// <summary>The window of a merchant is in memory here.</summary>
    public void Publish(MerchantWindow window) => _windows[window.MerchantId] = window;

    /// <summary>It is not any more.</summary>
    public void Withdraw(MerchantWindow window) => _windows.TryRemove(KeyValuePair.Create(window.MerchantId, window));

    /// <summary>The counts of a merchant as they were known at a time; false when it is not active here.</summary>
    public bool TrySnapshot(long merchantId, long atMicros, out MerchantSnapshot snapshot)
    {
        if (!_windows.TryGetValue(merchantId, out var window))
        {
            snapshot = default;
            return false;
        }

        lock (window)
        {
            snapshot = window.Snapshot(atMicros);
        }

        return true;
    }
}
