using Levee.Features;
using Levee.Features.Oracle;
using Levee.Storage;
using Npgsql;

namespace Levee.Parity;

/// <summary>
/// Computes the vectors of stored transactions twice, by the windows of the grains and by the naive oracle, each at its event time and in the
/// order of event times, as training sees them. Compares them bit for bit, and the oracle's also with <c>training_features</c> where they are
/// materialised and with what the stored states of the transaction's customer and merchant say of it now. Every row of those customers and
/// merchants, of whatever age, must also be as it was written (<see cref="ChangedRows"/>).
/// </summary>
public sealed class RowParity
{
    private readonly NpgsqlDataSource _source;
    private readonly FeatureList _features;
    private readonly ParityOptions _options;
    private readonly Vectors _vectors;
    private readonly ChangedRows _changed;
    private ParityResult _result;

    /// <summary>Prepares a check.</summary>
    /// <param name="source">The database.</param>
    /// <param name="features">The feature list.</param>
    /// <param name="options">How.</param>
    /// <param name="onMismatch">Receives each value that differs.</param>
    public RowParity(NpgsqlDataSource source, FeatureList features, ParityOptions options, Action<ParityMismatch> onMismatch)
    {
        ArgumentNullException.ThrowIfNull(options);
        _source = source;
        _features = features;
        _options = options;
        _vectors = new Vectors(features, onMismatch);
        _changed = new ChangedRows(onMismatch);
    }

    /// <summary>Checks a random sample.</summary>
    /// <param name="rows">How many transactions.</param>
    /// <param name="seed">Another seed, other transactions.</param>
    /// <param name="onProgress">Called now and then.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<ParityResult> RunAsync(int rows, long seed, Action<ParityResult> onProgress, CancellationToken cancellationToken)
    {
        _result = default;
        await using var reader = await ParityReader.OpenAsync(_source, cancellationToken);
        var isComplete = await reader.ReadCompletenessAsync(_options.Topic, cancellationToken);
        var sample = await reader.SampleAsync(rows, seed, cancellationToken);
        foreach (var portion in sample.Chunk(_options.MaxPredictions))
        {
            var merchants = await FoldMerchantsAsync(reader, portion, isComplete, cancellationToken);
            var trained = await reader.ReadTrainingFeaturesAsync(
                _features.Hash, [.. portion.Select(transaction => transaction.TransactionId)], cancellationToken);
            var ofCustomer = portion.ToLookup(transaction => transaction.CustomerId);
            foreach (var customers in ofCustomer.Select(group => group.Key).Chunk(_options.MaxKeys))
            {
                var states = await reader.ReadStatesAsync(GrainKind.Customer, customers, cancellationToken);
                var groups = Grouping.ByKeyAsync(
                    reader.ReadCustomersAsync(customers, cancellationToken), customers, row => row.Transaction.CustomerId, cancellationToken);
                await foreach (var (customer, own) in groups)
                {
                    CountChanged(_changed.Check(own));
                    Compare([.. ofCustomer[customer]], own, merchants, trained);
                    CompareState(ofCustomer[customer].First(), own, states.GetValueOrDefault(customer)?.Customer);
                }

                onProgress(_result);
            }
        }

        return _result;
    }

    // Each transaction's merchant at its time: by the grains' window and by the oracle.
    private async Task<Dictionary<Transaction, (MerchantSnapshot Window, MerchantSnapshot Oracle)>> FoldMerchantsAsync(
        ParityReader reader, Transaction[] portion, Func<MerchantPoint, bool> isComplete, CancellationToken cancellationToken)
    {
        var snapshots = new Dictionary<Transaction, (MerchantSnapshot, MerchantSnapshot)>(ReferenceEqualityComparer.Instance);
        var ofMerchant = portion.ToLookup(transaction => transaction.MerchantId);
        foreach (var merchants in ofMerchant.Select(group => group.Key).Chunk(_options.MaxKeys))
        {
            var labels = await reader.ReadLabelsAsync(merchants, cancellationToken);
            var states = await reader.ReadStatesAsync(GrainKind.Merchant, merchants, cancellationToken);
            var groups = Grouping.ByKeyAsync(
                reader.ReadMerchantsAsync(merchants, cancellationToken), merchants, row => row.Transaction.MerchantId, cancellationToken);
            await foreach (var (merchant, own) in groups)
            {
                CountChanged(_changed.Check(own) + _changed.Check(labels[merchant]));
                Fold([.. ofMerchant[merchant]], own, [.. labels[merchant]], snapshots);
                if (states.GetValueOrDefault(merchant) is { Merchant: { } window } state && isComplete(state.Point))
                {
                    CompareState(ofMerchant[merchant].First(), own, labels[merchant], window, state.Point);
                }
            }
        }

        return snapshots;
    }

    private static void Fold(
        Transaction[] asked,
        List<ParityTransaction> own,
        ParityLabel[] labels,
        Dictionary<Transaction, (MerchantSnapshot Window, MerchantSnapshot Oracle)> snapshots)
    {
        var options = new MerchantWindowOptions();
        var (window, oracle) = (new MerchantWindow(asked[0].MerchantId, options), new NaiveMerchant(options.MaxExactEvents, options.MaxIds));
        var histories = labels.GroupBy(label => label.TransactionId).ToDictionary(group => group.Key, History);
        var ordered = own.OrderBy(row => row.Transaction.EventTimeMicros).ToList();
        var next = 0;
        foreach (var transaction in asked.OrderBy(transaction => transaction.EventTimeMicros))
        {
            for (; next < ordered.Count && ordered[next].Transaction.EventTimeMicros <= transaction.EventTimeMicros; next++)
            {
                var one = ordered[next].Transaction;
                window.Fold(one);
                oracle.Take(one);
                if (histories.TryGetValue(one.TransactionId, out var history))
                {
                    window.ApplyLabels(history);
                    oracle.ApplyLabels(history);
                }
            }

            snapshots[transaction] = (
                window.Snapshot(transaction.EventTimeMicros, transaction.BaseCents),
                oracle.Snapshot(transaction.EventTimeMicros, transaction.BaseCents));
        }
    }

    private static LabelHistory History(IEnumerable<ParityLabel> labels)
    {
        var all = labels.ToArray();
        var early = all[0].EarlyLabel is { } fraud ? [new LabelObservation(fraud, all[0].EventTimeMicros)] : Array.Empty<LabelObservation>();
        return new LabelHistory(all[0].TransactionId, all[0].EventTimeMicros, [.. early, .. all.Select(label => label.Observation)])
        {
            BaseCents = all[0].BaseCents,
        };
    }

    private void Compare(
        Transaction[] asked,
        List<ParityTransaction> own,
        Dictionary<Transaction, (MerchantSnapshot Window, MerchantSnapshot Oracle)> merchants,
        IReadOnlyDictionary<Guid, float[]> trained)
    {
        var (window, oracle) = (new CustomerWindow(asked[0].CustomerId), new NaiveCustomer(new CustomerWindowOptions().MaxExactEvents));
        var wanted = asked.ToLookup(transaction => transaction.TransactionId);
        var vector = new float[_features.Count];
        var sequence = 0L;
        foreach (var row in own.OrderBy(row => row.Transaction.EventTimeMicros).ThenBy(row => row.CustomerSequence))
        {
            window.Fold(row.Transaction, long.MaxValue);
            oracle.Take(row.Transaction, ++sequence);
            foreach (var transaction in wanted[row.Transaction.TransactionId])
            {
                if (transaction.EventTimeMicros != row.Transaction.EventTimeMicros)
                {
                    continue;
                }

                var (ofWindow, ofOracle) = merchants[transaction];
                _features.Compute(transaction, window, ofWindow, vector);
                var recomputed = NaiveVector.Of(_vectors.Names, transaction, oracle, ofOracle);
                Count(_vectors.Differ("fold", transaction.TransactionId, vector, recomputed));
                if (trained.TryGetValue(transaction.TransactionId, out var materialised))
                {
                    Count(_vectors.Differ("training_features", transaction.TransactionId, materialised, recomputed));
                }
            }
        }
    }

    // The transaction asked about once more, now: what the customer's grain would say, and what all its rows give.
    private void CompareState(Transaction asked, List<ParityTransaction> own, CustomerWindow? state)
    {
        if (state is null)
        {
            return;
        }

        var now = asked with { TransactionId = Guid.Empty, EventTimeMicros = state.NewestEventMicros };
        var vector = new float[_features.Count];
        _features.Compute(now, state, default, vector);
        var recomputed = NaiveVector.Of(_vectors.Names, now, new CustomerHistory(own).Features(now, long.MaxValue), default, default);
        Count(_vectors.Differ("customer_state", asked.TransactionId, vector, recomputed));
    }

    // The same of the merchant, seven days after its newest transaction, when its window has all labels before it.
    private void CompareState(
        Transaction asked, List<ParityTransaction> own, IEnumerable<ParityLabel> labels, MerchantWindow state, MerchantPoint point)
    {
        var known = own.Where(row => row.IsKnownAt(point)).ToList();
        if (known.Count == 0)
        {
            return;
        }

        var at = known.Max(row => row.Transaction.EventTimeMicros) + LabelHistory.DelayMicros;
        var transaction = asked with { EventTimeMicros = at };
        var vector = new float[_features.Count];
        _features.Compute(transaction, null, state.Snapshot(at, transaction.BaseCents), vector);
        var oracle = new NaiveCustomer(new CustomerWindowOptions().MaxExactEvents);
        var snapshot = new MerchantHistory(known, labels).Snapshot(point, at, transaction.BaseCents);
        var recomputed = NaiveVector.Of(_vectors.Names, transaction, oracle, snapshot);
        Count(_vectors.Differ("merchant_state", asked.TransactionId, vector, recomputed));
    }

    private void CountChanged(int rows) => _result = _result with { Different = _result.Different + rows };

    private void Count(bool differ) =>
        _result = _result with { Compared = _result.Compared + 1, Different = _result.Different + (differ ? 1 : 0) };
}
