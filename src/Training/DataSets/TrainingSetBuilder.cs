using Levee.Features;

namespace Levee.Training;

/// <summary>
/// Folds transactions with the windows of the grains and takes each one's vector right after it was folded, as the grains do.
/// </summary>
/// <remarks>
/// <para>Give transactions in the order in which they are to count: (event time, sequence) for training, or the order of arrival.</para>
/// <para>Labels are given as complete histories and are applied to the merchant as soon as their transaction is folded. That leaks nothing:
/// a merchant's window at time t counts only observations that are visible at t, that is from max(event time + label delay, observed
/// time) on.</para>
/// <para>A row's own label is what is known at the time as of which the set is built, under the same rule of visibility; a transaction
/// whose label is not mature then (younger than the label delay) is folded but gives no row.</para>
/// </remarks>
public sealed class TrainingSetBuilder
{
    private readonly FeatureList _features;
    private readonly IReadOnlyDictionary<Guid, LabelHistory> _labels;
    private readonly long _asOfMicros;
    private readonly TrainingSetOptions _options;
    private readonly Dictionary<long, CustomerWindow> _customers = [];
    private readonly Dictionary<long, MerchantWindow> _merchants = [];
    private readonly List<TrainingRow> _rows = [];
    private readonly List<MinuteFeatures> _closed = [];
    private long _newest = long.MinValue;
    private long _folded;
    private long _skipped;

    /// <summary>Starts an empty set.</summary>
    /// <param name="features">The feature list.</param>
    /// <param name="labels">Label histories by transaction, early labels included; transactions without one may be missing.</param>
    /// <param name="asOfMicros">The time as of which labels are known, microseconds since the Unix epoch.</param>
    /// <param name="options">How to fold; null for the defaults.</param>
    public TrainingSetBuilder(
        FeatureList features,
        IReadOnlyDictionary<Guid, LabelHistory> labels,
        long asOfMicros,
        TrainingSetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        _features = features;
        _labels = labels;
        _asOfMicros = asOfMicros;
        _options = options ?? new TrainingSetOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(_options.WatermarkDelayMicros, nameof(options));
    }

    /// <summary>The rows so far, in the order of their transactions.</summary>
    public IReadOnlyList<TrainingRow> Rows => _rows;

    /// <summary>Folds all transactions and gives the rows and the states they lead to.</summary>
    /// <param name="inOrder">Transactions in the order in which they count.</param>
    /// <param name="labels">Label histories by transaction.</param>
    /// <param name="asOfMicros">The time as of which labels are known, microseconds since the Unix epoch.</param>
    /// <param name="features">The feature list.</param>
    /// <param name="states">What the grains would hold afterwards.</param>
    /// <param name="options">How to fold; null for the defaults.</param>
    /// <param name="ct">Stops the work.</param>
    public static IReadOnlyList<TrainingRow> Build(
        IEnumerable<Transaction> inOrder,
        IReadOnlyDictionary<Guid, LabelHistory> labels,
        long asOfMicros,
        FeatureList features,
        out BuiltStates states,
        TrainingSetOptions? options = null,
        CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(inOrder);
        var builder = new TrainingSetBuilder(features, labels, asOfMicros, options);
        foreach (var transaction in inOrder)
        {
            ct.ThrowIfCancellationRequested();
            builder.Add(transaction);
        }

        states = builder.Finish();
        return builder.Rows;
    }

    /// <summary>Folds the next transaction.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <returns>False when its id was known already, so that it changed nothing.</returns>
    public bool Add(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        _newest = Math.Max(_newest, transaction.EventTimeMicros);
        var customer = CustomerOf(transaction.CustomerId);
        var result = customer.Fold(transaction, Watermark);
        if (result.Status != FoldStatus.Folded)
        {
            _skipped++;
            return false;
        }

        _folded++;
        var merchant = MerchantOf(transaction.MerchantId);
        merchant.Fold(transaction);
        _labels.TryGetValue(transaction.TransactionId, out var label);

        // Where two transactions carry one id, months apart, the label is the first's.
        label = label?.EventTimeMicros == transaction.EventTimeMicros ? label : null;
        if (label is not null)
        {
            merchant.ApplyLabels(label);
        }

        _options.OnTransaction?.Invoke(new FoldedTransaction(transaction, result.IsLate, result.Sequence));
        Close(customer);
        if (transaction.EventTimeMicros >= _options.RowsFromMicros
            && transaction.EventTimeMicros + LabelHistory.DelayMicros <= _asOfMicros)
        {
            AddRow(transaction, customer, merchant, label);
        }

        return true;
    }

    /// <summary>Closes every minute that the watermark has passed and gives the states.</summary>
    public BuiltStates Finish()
    {
        foreach (var customer in _customers.Values)
        {
            Close(customer);
        }

        return new BuiltStates
        {
            Customers = _customers,
            Merchants = _merchants,
            WatermarkMicros = Watermark,
            Folded = _folded,
            Skipped = _skipped,
        };
    }

    private long Watermark => _newest == long.MinValue ? long.MinValue : _newest - _options.WatermarkDelayMicros;

    private void AddRow(Transaction transaction, CustomerWindow customer, MerchantWindow merchant, LabelHistory? label)
    {
        var vector = new float[_features.Count];
        _features.Compute(transaction, customer, merchant.Snapshot(transaction.EventTimeMicros, transaction.BaseCents), vector);

        // The row is mature, so an early label that no history corrects is visible.
        var isFraud = label?.IsFraudAt(_asOfMicros) ?? transaction.IsFraud == true;
        _rows.Add(new TrainingRow(transaction.TransactionId, transaction.EventTimeMicros, transaction.CustomerId, isFraud, vector)
        {
            Currency = transaction.Currency,
            Country = transaction.Country,
            DeviceType = transaction.DeviceType,
        });
    }

    private void Close(CustomerWindow customer)
    {
        if (customer.OldestOpenMinuteEndMicros is not { } end || end > Watermark)
        {
            return;
        }

        customer.CloseMinutes(Watermark, _closed);
        if (_options.OnMinute is { } onMinute)
        {
            _closed.ForEach(onMinute);
        }

        _closed.Clear();
    }

    private CustomerWindow CustomerOf(long id)
    {
        if (!_customers.TryGetValue(id, out var window))
        {
            _customers.Add(id, window = new CustomerWindow(id, _options.CustomerWindow));
        }

        return window;
    }

    private MerchantWindow MerchantOf(long id)
    {
        if (!_merchants.TryGetValue(id, out var window))
        {
            _merchants.Add(id, window = new MerchantWindow(id, _options.MerchantWindow));
        }

        return window;
    }
}
