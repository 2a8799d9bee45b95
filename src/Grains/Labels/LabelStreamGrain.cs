using Levee.Storage;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Levee.Grains.Labels;

/// <summary>Stores the labels that arrive on Kafka. The key is a bucket of transaction ids; storing a label twice changes nothing.</summary>
[ImplicitStreamSubscription(StreamNamespaces.Labels)]
internal sealed class LabelStreamGrain(LabelStore store, LabelRouter router, TimeProvider time)
    : Grain, ILabelStreamGrain, IAsyncBatchObserver<LabelRecord>, IStreamSubscriptionObserver
{
    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<LabelRecord>().ResumeAsync(this);

    public async Task OnNextAsync(IList<SequentialItem<LabelRecord>> items)
    {
        var labels = new LabelSubmission[items.Count];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = items[i].Item.Label;
        }

        if (await store.AddAsync(LabelRows.From(labels, time.GetUtcNow()), CancellationToken.None) > 0)
        {
            router.Wake();
        }
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
