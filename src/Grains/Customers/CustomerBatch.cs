using Levee.Features;
using Levee.Grains.Streams;
using Levee.Storage;

namespace Levee.Grains.Customers;

/// <summary>The work of one customer that commits together: what a delivery changed, until PostgreSQL has it.</summary>
internal sealed class CustomerBatch(
    CustomerServices services,
    WindowState<CustomerWindow>.Loaded loaded,
    Dictionary<Guid, StoredTransaction>? stored) : IDisposable
{
    private readonly CustomerDelta _delta = new();
    private readonly List<TransactionRow> _transactions = [];
    private readonly List<MinuteFeatures> _minutes = [];
    private readonly List<PredictionRow> _predictions = [];
    private int _late;
    private int _duplicates;
    private int _conflicts;

    /// <summary>Folds the records in order, scores those that are new and closes the minutes that the watermarks have passed.</summary>
    /// <param name="records">Records that the offsets do not cover yet.</param>
    /// <param name="snapshots">Each record's merchant, in the same order; null when arriving transactions are not scored.</param>
    public async Task FoldAsync(List<TransactionRecord> records, MerchantSnapshotResponse[]? snapshots)
    {
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            var transaction = TransactionMapping.ToTransaction(record);
            switch (Classify(transaction, record.WatermarkMicros, out var fold))
            {
                case FoldStatus.Folded:
                    Add(record, transaction, fold, snapshots is null ? null : snapshots[i]);
                    break;
                case FoldStatus.Duplicate:
                    _duplicates++;
                    break;
                default:
                    // On the dead-letter topic before the offset is taken over: a crash in between publishes it twice, never not at all.
                    _conflicts++;
                    await services.Conflicts.PublishAsync(record, transaction);
                    break;
            }

            loaded.Offsets.Advance(record);
        }

        CloseMinutes();
        await services.Scorer.PublishAsync(_predictions);
    }

    /// <summary>Closes the minutes that the watermarks have passed.</summary>
    /// <returns>Whether there were any.</returns>
    public bool CloseMinutes()
    {
        lock (loaded.Gate)
        {
            loaded.Window.CloseMinutes(loaded.Offsets.WatermarkMicros, _minutes);
        }

        return _minutes.Count > 0;
    }

    /// <summary>
    /// Whether one partition's watermark has passed an open minute and another's has not. Until the row says which one the customer waits for
    /// now, it is among those whose minutes seem to be over, and takes the place of others there.
    /// </summary>
    public bool WaitsForAnotherPartition => loaded.Window.OldestOpenMinuteEndMicros is { } end && loaded.Offsets.HasReached(end);

    /// <summary>What to write. Asked once, when everything is folded.</summary>
    public GrainCommit ToCommit(long customerId) => new()
    {
        Kind = GrainKind.Customer,
        Key = customerId,
        ExpectedVersion = loaded.Version,
        State = loaded.Next(_delta.ToArray(loaded.Window), loaded.Window.Serialize),
        Sequence = loaded.Window.Sequence,
        Offsets = loaded.Offsets.ToJson(),
        Partition = loaded.Offsets.SlowestPartition,
        OpenMinuteEndMicros = loaded.Window.OldestOpenMinuteEndMicros,
        Transactions = _transactions,
        Minutes = _minutes,
        Predictions = _predictions,
    };

    public void Dispose() => _delta.Dispose();

    /// <summary>Counts the outcome, once it is durable.</summary>
    public void Count()
    {
        StreamMetrics.CustomerFolded.Inc(_transactions.Count);
        StreamMetrics.CustomerDuplicate.Inc(_duplicates);
        StreamMetrics.CustomerConflict.Inc(_conflicts);
        StreamMetrics.Late.Inc(_late);
    }

    private FoldStatus Classify(Transaction transaction, long watermarkMicros, out FoldResult fold)
    {
        if (stored is not null && stored.TryGetValue(transaction.TransactionId, out var known) && !loaded.Window.Contains(transaction.TransactionId))
        {
            fold = default;
            return known.CustomerId == transaction.CustomerId && known.MerchantId == transaction.MerchantId && known.Amount == transaction.Amount
                ? FoldStatus.Duplicate
                : FoldStatus.Conflict;
        }

        lock (loaded.Gate)
        {
            fold = loaded.Window.Fold(transaction, watermarkMicros);
        }

        return fold.Status;
    }

    private void Add(TransactionRecord record, Transaction transaction, FoldResult fold, MerchantSnapshotResponse? snapshot)
    {
        _delta.Add(transaction, fold.IsLate);
        _transactions.Add(new TransactionRow(
            transaction, fold.IsLate, record.Epoch, record.Partition, record.Offset, fold.Sequence));
        if (fold.IsLate)
        {
            _late++;
        }

        if (snapshot is { } merchant && services.Scorer.ScoreArriving(record, transaction, loaded.Window, merchant) is { } prediction)
        {
            _predictions.Add(prediction);
        }
    }
}
