using Levee.Features;
using Levee.Grains.Customers;
using Levee.Grains.Streams;
using Levee.Storage;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;

namespace Levee.Grains.Tests.Scoring;

public sealed class LocalCustomersTests
{
    private static readonly TimeSpan CollectionAge = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider _time = new();
    private readonly LocalCustomers _customers;

    public LocalCustomersTests() =>
        _customers = new LocalCustomers(Options.Create(new GrainCollectionOptions { CollectionAge = CollectionAge }), _time);

    [Fact]
    public void A_window_is_found_while_its_grain_publishes_it()
    {
        var loaded = Loaded(7);
        Assert.Null(_customers.Find(7));

        var published = Publish(7, loaded);
        Assert.Same(loaded, _customers.Find(7));
        Assert.Null(_customers.Find(8));

        _customers.Withdraw(published);
        Assert.Null(_customers.Find(7));
    }

    [Fact]
    public void A_late_goodbye_of_an_activation_does_not_touch_the_next_one()
    {
        var old = Publish(7, Loaded(7));
        var next = Loaded(7);
        Publish(7, next);

        _customers.Withdraw(old);

        Assert.Same(next, _customers.Find(7));
    }

    [Fact]
    public void A_grain_that_was_long_not_called_is_called_again_before_it_is_collected()
    {
        var published = Publish(7, Loaded(7));

        _time.Advance(CollectionAge / 2);
        Assert.Null(_customers.Find(7));

        published.CalledAt = _time.GetTimestamp();
        Assert.NotNull(_customers.Find(7));
    }

    private LocalCustomer Publish(long id, WindowState<CustomerWindow>.Loaded loaded)
    {
        var published = _customers.Publish(id, loaded);
        published.CalledAt = _time.GetTimestamp();
        return published;
    }

    private static WindowState<CustomerWindow>.Loaded Loaded(long id) => new(new CustomerWindow(id), new OffsetVector(), 0, 0, []);
}
