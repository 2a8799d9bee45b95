using Levee.Grains.Streams;
using Levee.Storage;
using Orleans.Concurrency;

namespace Levee.Grains.Labels;

/// <inheritdoc cref="ILabelGrain"/>
[StatelessWorker]
internal sealed class LabelGrain(LabelStore store, IdempotentLabels once, LabelRouter router, TimeProvider time) : Grain, ILabelGrain
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

    public async Task<int?> AddOnce(LabelRequestKey key, LabelSubmission[] labels)
    {
        var now = time.GetUtcNow();
        var request = new IdempotentRequest(key.Caller, key.Key, key.BodyHash, key.Lifetime);
        var result = await once.AddAsync(request, LabelRows.From(labels, now), now, CancellationToken.None);
        if (result.IsRepeated)
        {
            StreamMetrics.LabelsRepeated.Inc();
            return result.IsOtherBody ? null : result.Added;
        }

        if (result.Added > 0)
        {
            router.Wake();
        }

        return result.Added;
    }
}
