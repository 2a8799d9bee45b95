using Levee.Features;
using Levee.Grains.Streams;
using Levee.Storage;
using Orleans.Placement;
using Orleans.Storage;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Levee.Grains.Customers;

/// <inheritdoc cref="ICustomerGrain"/>
/// <remarks>
/// A batch of records is one unit: fold all, commit rows, minutes, predictions, state and offsets in one PostgreSQL transaction, and only
/// then return, which is what lets the Kafka offset advance. When the commit fails, the state in memory is forgotten and the batch comes
/// again. Scoring interleaves at the awaits and only reads. Once it was called to score, its window is open to <see cref="LocalCustomers"/>
/// as well, under the window's lock, until the state is forgotten.
/// </remarks>
[ImplicitStreamSubscription(StreamNamespaces.Customers)]
[PreferLocalPlacement]
internal sealed class CustomerGrain(CustomerServices services)
    : Grain, ICustomerGrain, IAsyncBatchObserver<TransactionRecord>, IStreamSubscriptionObserver
{
    private WindowState<CustomerWindow> _state = null!;
    private LocalCustomer? _published;
    private bool _isLeaving;

    private long CustomerId => this.GetPrimaryKeyLong();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = CustomerId;
        _state = new WindowState<CustomerWindow>(
            services.States, GrainKind.Customer, id, () => new CustomerWindow(id), bytes => CustomerWindow.Deserialize(bytes), CustomerDelta.Replay);
        StreamMetrics.CustomersInMemory.Inc();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isLeaving = true;
        Forget();
        StreamMetrics.CustomersInMemory.Dec();
        return Task.CompletedTask;
    }

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<TransactionRecord>().ResumeAsync(this);

    public async Task OnNextAsync(IList<SequentialItem<TransactionRecord>> items)
    {
        // Ids that PostgreSQL turned out to hold although the window no longer remembers them.
        Dictionary<Guid, StoredTransaction>? stored = null;
        while (true)
        {
            var loaded = await _state.GetAsync();
            var fresh = Fresh(items, loaded.Offsets);
            if (fresh.Count == 0)
            {
                return;
            }

            var snapshots = await services.Scorer.ReadMerchantsAsync(fresh);
            using var batch = new CustomerBatch(services, loaded, stored);
            try
            {
                await batch.FoldAsync(fresh, snapshots);
                var commit = batch.ToCommit(CustomerId);
                var result = await services.Committer.CommitAsync(commit, CancellationToken.None);
                if (result.Status == CommitStatus.Committed)
                {
                    loaded.Committed(result.NewVersion, commit.State);
                    batch.Count();
                    return;
                }

                Forget();
                if (result.Status == CommitStatus.VersionConflict)
                {
                    StreamMetrics.VersionConflicts.WithLabels("customer").Inc();
                    throw new InconsistentStateException("Another activation of this customer wrote the state; the batch is delivered again.");
                }

                stored ??= [];
                foreach (var duplicate in result.Duplicates)
                {
                    stored[duplicate.TransactionId] = duplicate;
                }
            }
            catch
            {
                Forget();
                throw;
            }
        }
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    public async Task<ScoreResponse> Score(ScoreRequest request)
    {
        var started = services.Time.GetTimestamp();
        var loaded = await _state.TryGetAsync(services.ColdRead, services.Time);
        Publish(loaded);
        return await services.Scorer.ScoreAsync(request, loaded?.Window, started);
    }

    public async Task<CustomerFeatures> GetFeatures()
    {
        var window = (await _state.GetAsync()).Window;
        var now = UnixMicros.FromDateTimeOffset(services.Time.GetUtcNow());
        var asOf = Math.Max(now, window.NewestEventMicros);
        return new CustomerFeatures
        {
            CustomerId = CustomerId,
            Sequence = window.Sequence,
            AsOfMicros = asOf,
            NewestEventMicros = window.Sequence == 0 ? null : window.NewestEventMicros,
            Features = services.Scorer.DescribeCustomer(window, asOf),
        };
    }

    public async Task CloseMinutes(PartitionWatermark[] watermarks)
    {
        var loaded = await _state.GetAsync();
        loaded.Offsets.AdvanceWatermarks(watermarks);
        using var batch = new CustomerBatch(services, loaded, stored: null);
        if (!batch.CloseMinutes() && !batch.WaitsForAnotherPartition)
        {
            return;
        }

        try
        {
            var commit = batch.ToCommit(CustomerId);
            var result = await services.Committer.CommitAsync(commit, CancellationToken.None);
            if (result.Status == CommitStatus.Committed)
            {
                loaded.Committed(result.NewVersion, commit.State);
                return;
            }

            // Another activation is ahead: it closes the minutes itself.
            Forget();
        }
        catch
        {
            Forget();
            throw;
        }
    }

    // A call that waited for the state may find that another one has discarded it meanwhile: only what is still in memory is shown.
    private void Publish(WindowState<CustomerWindow>.Loaded? loaded)
    {
        if (loaded is null || _isLeaving || !ReferenceEquals(_state.InMemory, loaded))
        {
            return;
        }

        if (_published is null || !ReferenceEquals(_published.Loaded, loaded))
        {
            Withdraw();
            _published = services.Local.Publish(CustomerId, loaded);
        }

        _published.CalledAt = services.Time.GetTimestamp();
    }

    private void Withdraw()
    {
        if (_published is { } known)
        {
            services.Local.Withdraw(known);
            _published = null;
        }
    }

    private void Forget()
    {
        Withdraw();
        _state.Discard();
    }

    private static List<TransactionRecord> Fresh(IList<SequentialItem<TransactionRecord>> items, OffsetVector offsets)
    {
        var fresh = new List<TransactionRecord>(items.Count);
        foreach (var item in items)
        {
            if (offsets.Covers(item.Item))
            {
                StreamMetrics.CustomerRedelivered.Inc();
            }
            else if (item.Item.IsReplay)
            {
                // It was complete without this customer: refused at the time. Folding it now would be a change.
                StreamMetrics.CustomerUnknown.Inc();
            }
            else
            {
                fresh.Add(item.Item);
            }
        }

        return fresh;
    }
}
