using System.Collections.Concurrent;
using Levee.Features;
using Levee.Grains.Streams;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Levee.Grains.Customers;

/// <summary>
/// The windows of the customers that are active on this silo, for scores that are asked for here: a look at one under its lock costs far
/// less than a call of its grain, and shows what the call would. The grain publishes its window while it is in memory, so there is one
/// entry an activation at most.
/// </summary>
/// <remarks>
/// Orleans counts idle time from a grain's last call. So that a customer who is scored all the time does not leave memory, whose window
/// was not called for half of that time is not found here: the caller calls the grain, and both begin anew.
/// </remarks>
internal sealed class LocalCustomers(IOptions<GrainCollectionOptions> collection, TimeProvider time)
{
    private readonly ConcurrentDictionary<long, LocalCustomer> _customers = new();
    private readonly TimeSpan _calledWithin = collection.Value.CollectionAge / 2;

    /// <summary>The window of a customer is in memory here.</summary>
    public LocalCustomer Publish(long customerId, WindowState<CustomerWindow>.Loaded loaded)
    {
        var customer = new LocalCustomer(customerId, loaded);
        _customers[customerId] = customer;
        return customer;
    }

    /// <summary>It is not any more.</summary>
    public void Withdraw(LocalCustomer customer) => _customers.TryRemove(KeyValuePair.Create(customer.CustomerId, customer));

    /// <summary>The window of a customer with its lock; null when the grain must be called.</summary>
    public WindowState<CustomerWindow>.Loaded? Find(long customerId) =>
        _customers.TryGetValue(customerId, out var customer) && time.GetElapsedTime(customer.CalledAt) < _calledWithin
            ? customer.Loaded
            : null;
}
