using Orleans.Placement;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Levee.Streaming.Kafka.Tests;

public interface ICustomerGrain : IGrainWithIntegerKey
{
    /// <summary>A call that has nothing to do with streams and takes its time.</summary>
    Task WorkAsync();
}

public interface IShopGrain : IGrainWithIntegerKey;

[ImplicitStreamSubscription("customers")]
[PreferLocalPlacement]
public sealed class CustomerGrain(DeliveryLog log) : Grain, ICustomerGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<Order>
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        log.BeforeActivation($"customers/{this.GetPrimaryKeyLong()}");

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => await handleFactory.Create<Order>().ResumeAsync(this);

    public Task OnNextAsync(IList<SequentialItem<Order>> items) =>
        log.DeliverAsync($"customers/{this.GetPrimaryKeyLong()}", [.. items.Select(i => i.Item)]);

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    public Task WorkAsync() => log.OnWork();
}

[ImplicitStreamSubscription("shops")]
[PreferLocalPlacement]
public sealed class ShopGrain(DeliveryLog log) : Grain, IShopGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<Order>
{
    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => await handleFactory.Create<Order>().ResumeAsync(this);

    public Task OnNextAsync(IList<SequentialItem<Order>> items) =>
        log.DeliverAsync($"shops/{this.GetPrimaryKeyLong()}", [.. items.Select(i => i.Item)]);

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}

public interface IFirstTwinGrain : IGrainWithIntegerKey;

public interface ISecondTwinGrain : IGrainWithIntegerKey;

[ImplicitStreamSubscription("twins")]
public sealed class FirstTwinGrain(DeliveryLog log) : Grain, IFirstTwinGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<Order>
{
    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => await handleFactory.Create<Order>().ResumeAsync(this);

    public Task OnNextAsync(IList<SequentialItem<Order>> items) =>
        log.DeliverAsync($"first-twin/{this.GetPrimaryKeyLong()}", [.. items.Select(i => i.Item)]);

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}

[ImplicitStreamSubscription("twins")]
public sealed class SecondTwinGrain(DeliveryLog log) : Grain, ISecondTwinGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<Order>
{
    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => await handleFactory.Create<Order>().ResumeAsync(this);

    public Task OnNextAsync(IList<SequentialItem<Order>> items) =>
        log.DeliverAsync($"second-twin/{this.GetPrimaryKeyLong()}", [.. items.Select(i => i.Item)]);

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
