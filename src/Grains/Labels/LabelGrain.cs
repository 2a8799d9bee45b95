using Levee.Storage;
using Orleans.Concurrency;

namespace Levee.Grains.Labels;

/// <inheritdoc cref="ILabelGrain"/>
[StatelessWorker]
internal sealed class LabelGrain(LabelStore store, LabelRouter router, TimeProvider time) : Grain, ILabelGrain
{
    public async Task<int> Add(LabelSubmission[] labels)
    {
        var added = await store.AddAsync(LabelRows.From(labels, time.GetUtcNow()), CancellationToken.None);
        if (added > 0)
        {
            router.Wake();
        }

        return added;
    }
}
