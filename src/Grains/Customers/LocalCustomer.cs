using Levee.Features;
using Levee.Grains.Streams;

namespace Levee.Grains.Customers;

/// <summary>The window of a customer that is active on this silo.</summary>
/// <param name="customerId">The customer.</param>
/// <param name="loaded">The window with its lock.</param>
internal sealed class LocalCustomer(long customerId, WindowState<CustomerWindow>.Loaded loaded)
{
    private long _calledAt;

    public long CustomerId => customerId;

    public WindowState<CustomerWindow>.Loaded Loaded => loaded;

    /// <summary>Timestamp of the grain's last call.</summary>
    public long CalledAt
    {
        get => Volatile.Read(ref _calledAt);
        set => Volatile.Write(ref _calledAt, value);
    }
}
