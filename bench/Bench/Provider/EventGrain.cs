using Levee.Features;
using Orleans.Placement;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Levee.Bench.Provider;

/// <summary>Does nothing but count, so that what is measured is the provider and Orleans.</summary>
[ImplicitStreamSubscription(EventAdapter.Namespace)]
[PreferLocalPlacement]
internal sealed class EventGrain : Grain, IEventGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<Transaction>
{
    private static long _count;

    /// <summary>Events that all grains have received.</summary>
    public static long Count => Interlocked.Read(ref _count);

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => await handleFactory.Create<Transaction>().ResumeAsync(this);

    public Task OnNextAsync(IList<SequentialItem<Transaction>> items)
    {
        Interlocked.Add(ref _count, items.Count);
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
