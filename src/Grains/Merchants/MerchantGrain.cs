using Levee.Features;
using Levee.Grains.Streams;
using Levee.Storage;
using Orleans.Placement;
using Orleans.Storage;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Levee.Grains.Merchants;

/// <inheritdoc cref="IMerchantGrain"/>
[ImplicitStreamSubscription(StreamNamespaces.Merchants)]
[PreferLocalPlacement]
internal sealed class MerchantGrain(
    GrainStateStore states, GroupCommitter committer, LabelStore labels, LocalMerchants local, TimeProvider time)
    : Grain, IMerchantGrain, IAsyncBatchObserver<TransactionRecord>, IStreamSubscriptionObserver
{
    private const int MaxLabelsAtOnce = 1_000;

    private WindowState<MerchantWindow> _state = null!;
    private (WindowState<MerchantWindow>.Loaded Of, MerchantView View)? _view;
    private MerchantView? _published;

    private long MerchantId => this.GetPrimaryKeyLong();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = MerchantId;
        _state = new WindowState<MerchantWindow>(
            states, GrainKind.Merchant, id, () => new MerchantWindow(id), bytes => MerchantWindow.Deserialize(bytes), MerchantDelta.Replay);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Forget();
        return Task.CompletedTask;
    }

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<TransactionRecord>().ResumeAsync(this);

    public async Task OnNextAsync(IList<SequentialItem<TransactionRecord>> items)
    {
        var loaded = await LoadAsync();
        using var delta = new MerchantDelta();
        int folded = 0, duplicates = 0, conflicts = 0, redelivered = 0, unknown = 0;
        ViewOf(loaded).Fold(() =>
        {
            foreach (var item in items)
            {
                var record = item.Item;
                if (loaded.Offsets.Covers(record))
                {
                    redelivered++;
                    continue;
                }

                if (record.IsReplay)
                {
                    // It was complete without this merchant: refused at the time. Folding it now would be a change.
                    unknown++;
                    continue;
                }

                var transaction = TransactionMapping.ToTransaction(record);
                switch (loaded.Window.Fold(transaction).Status)
                {
                    case FoldStatus.Folded:
                        delta.Add(transaction);
                        folded++;
                        break;
                    case FoldStatus.Duplicate:
                        duplicates++;
                        break;
                    default:
                        // The customer's grain sends it to the dead letters; here it just must not count.
                        conflicts++;
                        break;
                }

                loaded.Offsets.Advance(record);
            }
        });

        StreamMetrics.MerchantRedelivered.Inc(redelivered);
        StreamMetrics.MerchantUnknown.Inc(unknown);
        if (redelivered + unknown == items.Count)
        {
            return;
        }

        await CommitAsync(loaded, loaded.Next(delta.ToArray(), loaded.Window.Serialize), PendingLabels.None);
        StreamMetrics.MerchantFolded.Inc(folded);
        StreamMetrics.MerchantDuplicate.Inc(duplicates);
        StreamMetrics.MerchantConflict.Inc(conflicts);
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    public async ValueTask<MerchantSnapshotResponse> GetSnapshot(long atMicros, long baseCents, int maxWaitMilliseconds)
    {
        var loaded = await _state.TryGetAsync(TimeSpan.FromMilliseconds(maxWaitMilliseconds), time);
        if (loaded is null)
        {
            return MerchantSnapshots.Degraded;
        }

        Publish(loaded);
        return ViewOf(loaded).Snapshot(atMicros, baseCents);
    }

    public async Task FoldPendingLabels()
    {
        while (true)
        {
            var pending = await labels.ReadPendingAsync(MerchantId, MaxLabelsAtOnce, CancellationToken.None);
            if (pending.Labels.Count == 0)
            {
                return;
            }

            var loaded = await LoadAsync();
            using var delta = new MerchantDelta();
            foreach (var history in pending.Histories)
            {
                delta.Add(history);
            }

            // Nobody sees these labels before they are durable: a prediction names the version, and the version its labels.
            var change = loaded.Next(delta.ToArray(), () => SerializeWith(loaded.Window, pending.Histories));
            await CommitAsync(loaded, change, pending);
            StreamMetrics.LabelsFolded.Inc(pending.Labels.Count);
        }
    }

    private async Task<WindowState<MerchantWindow>.Loaded> LoadAsync()
    {
        var loaded = await _state.GetAsync();
        Publish(loaded);
        return loaded;
    }

    // A read that came too late for the call that had asked for it is in memory all the same, so every call looks. A call that waited may
    // find that another one has discarded the state meanwhile: only what is still in memory is shown to others.
    private void Publish(WindowState<MerchantWindow>.Loaded loaded)
    {
        if (ReferenceEquals(_state.InMemory, loaded) && ViewOf(loaded) is var view && !ReferenceEquals(_published, view))
        {
            local.Publish(view);
            _published = view;
        }
    }

    // One view for each time that the state was read.
    private MerchantView ViewOf(WindowState<MerchantWindow>.Loaded loaded)
    {
        if (_view is not { } known || !ReferenceEquals(known.Of, loaded))
        {
            known = (loaded, new MerchantView(loaded.Window, loaded.Offsets, loaded.Version));
            _view = known;
        }

        return known.View;
    }

    private void Forget()
    {
        if (_published is { } known)
        {
            local.Withdraw(known);
        }

        (_view, _published) = (null, null);
        _state.Discard();
    }

    private static byte[] SerializeWith(MerchantWindow window, IReadOnlyList<LabelHistory> labels)
    {
        var copy = MerchantWindow.Deserialize(window.Serialize());
        foreach (var history in labels)
        {
            copy.ApplyLabels(history);
        }

        return copy.Serialize();
    }

    private async Task CommitAsync(WindowState<MerchantWindow>.Loaded loaded, StateChange change, PendingLabels labels)
    {
        try
        {
            var result = await committer.CommitAsync(
                new GrainCommit
                {
                    Kind = GrainKind.Merchant,
                    Key = MerchantId,
                    ExpectedVersion = loaded.Version,
                    State = change,
                    Sequence = loaded.Window.Sequence,
                    Offsets = loaded.Offsets.ToJson(),
                    AppliedLabels = labels.Labels,
                },
                CancellationToken.None);
            if (result.Status != CommitStatus.Committed)
            {
                StreamMetrics.VersionConflicts.WithLabels("merchant").Inc();
                throw new InconsistentStateException($"Merchant {MerchantId}: another activation wrote the state; the work is done again.");
            }

            loaded.Committed(result.NewVersion, change);
            ViewOf(loaded).Committed(result.NewVersion, labels.Histories);
        }
        catch
        {
            Forget();
            throw;
        }
    }
}
