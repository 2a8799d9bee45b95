using Levee.Features;
using Levee.Grains.Streams;
using Levee.Storage;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Storage;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Levee.Grains.Merchants;

/// <inheritdoc cref="IMerchantGrain"/>
/// <remarks>
/// A merchant's transactions come from all partitions, each of which waits for its own delivery. So deliveries interleave: each is folded as it
/// comes, and while one commit is under way the others gather for the next, instead of making one each. Labels are folded while nothing else is:
/// in memory they come after their commit, and the journal must have them in the same place.
/// </remarks>
[Reentrant]
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
    private MerchantBatch? _gathering;
    private MerchantBatch? _committing;
    private Task _labelsFolded = Task.CompletedTask;

    private long MerchantId => this.GetPrimaryKeyLong();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = MerchantId;
        _state = new WindowState<MerchantWindow>(
            states, GrainKind.Merchant, id, () => new MerchantWindow(id), bytes => MerchantWindow.Deserialize(bytes), MerchantDelta.Replay);
        StreamMetrics.MerchantsInMemory.Inc();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Forget();
        StreamMetrics.MerchantsInMemory.Dec();
        return Task.CompletedTask;
    }

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<TransactionRecord>().ResumeAsync(this);

    public async Task OnNextAsync(IList<SequentialItem<TransactionRecord>> items)
    {
        // Asked here, where no other turn can come in between, and not by who loads.
        WindowState<MerchantWindow>.Loaded loaded;
        do
        {
            await _labelsFolded.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            loaded = await LoadAsync();
        }
        while (!_labelsFolded.IsCompleted || !ReferenceEquals(_state.InMemory, loaded));

        var batch = _gathering ?? new MerchantBatch(loaded);
        var counts = Fold(items, loaded, batch);
        if (counts.Taken == 0)
        {
            // What covers them may not be durable yet.
            await Task.WhenAll(_committing?.Done ?? Task.CompletedTask, _gathering?.Done ?? Task.CompletedTask);
            return;
        }

        _gathering = batch;
        if (_committing is null)
        {
            _ = CommitGatheredAsync();
        }

        await batch.Done;
        counts.NoteDurable();
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
        // One after the other: two that read the same labels would both fold them.
        while (!_labelsFolded.IsCompleted)
        {
            await _labelsFolded.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        await (_labelsFolded = FoldLabelsAsync());
    }

    private async Task FoldLabelsAsync()
    {
        while (true)
        {
            var pending = await labels.ReadPendingAsync(MerchantId, MaxLabelsAtOnce, CancellationToken.None);
            if (pending.Labels.Count == 0)
            {
                return;
            }

            // Deliveries wait from here on; what they have folded already is made durable first.
            while (_committing is { } batch)
            {
                await batch.Done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
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

    // One turn: nothing comes in between.
    private FoldCounts Fold(IList<SequentialItem<TransactionRecord>> items, WindowState<MerchantWindow>.Loaded loaded, MerchantBatch batch)
    {
        var counts = default(FoldCounts);
        try
        {
            ViewOf(loaded).Fold(() =>
            {
                foreach (var item in items)
                {
                    counts.Fold(item.Item, loaded, batch.Delta);
                }
            });
            counts.NoteSeen();
            return counts;
        }
        catch
        {
            // Some of it is in the window and in nobody's hands.
            Forget();
            throw;
        }
    }

    // Everything up to the await is one turn, so what is written is what was folded up to then, and what is folded later gathers anew.
    private async Task CommitGatheredAsync()
    {
        while (_gathering is { } batch)
        {
            (_gathering, _committing) = (null, batch);
            using (batch)
            {
                try
                {
                    await CommitAsync(batch.Of, batch.Of.Next(batch.Delta.ToArray(), batch.Of.Window.Serialize), PendingLabels.None);
                    batch.Complete();
                }
                catch (Exception exception)
                {
                    // A failed commit has forgotten the state already; one that could not begin has not.
                    if (ReferenceEquals(_state.InMemory, batch.Of))
                    {
                        Forget();
                    }

                    batch.Fail(exception);
                }
            }
        }

        _committing = null;
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

        // What was folded into a state that is discarded comes again.
        _gathering?.Fail(new InconsistentStateException($"Merchant {MerchantId}: the commit before failed; the work is done again."));
        (_view, _published, _gathering) = (null, null, null);
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
            if (ReferenceEquals(_state.InMemory, loaded))
            {
                ViewOf(loaded).Committed(result.NewVersion, labels.Histories);
            }
        }
        catch
        {
            Forget();
            throw;
        }
    }
}
