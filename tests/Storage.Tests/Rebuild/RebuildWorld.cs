using Levee.Features;
using Levee.Storage.Tests.Support;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Rebuild;

/// <summary>Transactions of some customers at some merchants, folded and stored as grains would have left them.</summary>
internal sealed class RebuildWorld
{
    private const int Customers = 30;
    private const int Merchants = 8;

    private readonly Dictionary<long, CustomerWindow> _customers = [];
    private readonly Dictionary<long, MerchantWindow> _merchants = [];
    private readonly List<TransactionRow> _rows = [];
    private readonly List<MinuteFeatures> _minutes = [];
    private readonly List<LabelRow> _labels = [];

    private RebuildWorld(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public IReadOnlyList<TransactionRow> Rows => _rows;

    /// <summary>Folds and loads a history; every tenth transaction has a label, and each customer's last minutes may be open.</summary>
    public static async Task<RebuildWorld> CreateAsync(TestDatabase database, int count)
    {
        var world = new RebuildWorld(database);
        var random = new Random(7);
        for (var i = 0; i < count; i++)
        {
            world.Fold(random, i);
        }

        await new HistoryLoader(database.Source).LoadAsync(
            world._rows,
            world._minutes,
            world._labels,
            [.. world._customers.Values.Select(window => new LoadedState(window.CustomerId, window.Serialize(), window.Sequence))],
            [.. world._merchants.Values.Select(window => new LoadedState(window.MerchantId, window.Serialize(), window.Sequence))],
            CancellationToken.None);
        foreach (var window in world._customers.Values.Where(window => window.OldestOpenMinuteEndMicros is not null))
        {
            await database.ExecuteAsync(
                "UPDATE customer_state SET open_minute_end = $1 WHERE customer_id = $2",
                RowWriter.Time(window.OldestOpenMinuteEndMicros!.Value),
                window.CustomerId);
        }

        return world;
    }

    /// <summary>A customer's window without one of its transactions.</summary>
    public CustomerWindow CustomerWithout(long customer, int index)
    {
        var window = new CustomerWindow(customer);
        foreach (var row in _rows.Where(row => row.Transaction.CustomerId == customer).Where((_, i) => i != index))
        {
            window.Fold(row.Transaction, long.MinValue);
        }

        return window;
    }

    /// <summary>A merchant's window without one of its transactions and without labels.</summary>
    public MerchantWindow MerchantWithout(long merchant, int index)
    {
        var window = new MerchantWindow(merchant);
        foreach (var row in _rows.Where(row => row.Transaction.MerchantId == merchant).Where((_, i) => i != index))
        {
            window.Fold(row.Transaction);
        }

        return window;
    }

    public async Task<(RebuildProgress Result, List<StateDifference> Differences)> RebuildAsync(
        bool apply = false, Action<StateDifference>? onDifference = null, Func<RebuildRequest, RebuildRequest>? change = null)
    {
        var differences = new List<StateDifference>();
        var request = new RebuildRequest { Apply = apply, MaxKeys = 7 };
        var result = await new StateRebuilder(Database.Source, TimeProvider.System).RunAsync(
            change?.Invoke(request) ?? request,
            difference =>
            {
                differences.Add(difference);
                onDifference?.Invoke(difference);
            },
            null,
            CancellationToken.None);
        return (result, differences);
    }

    private void Fold(Random random, int i)
    {
        var at = Noon + (i * 20 * UnixMicros.PerSecond) - (random.Next(20) == 0 ? 10 * UnixMicros.PerMinute : 0);
        var transaction = Transaction(
            customer: random.Next(1, Customers + 1),
            merchant: random.Next(1, Merchants + 1),
            amount: random.Next(1, 9_999) / 100m,
            atMicros: at,
            isFraud: random.Next(10) switch { 0 => true, 1 => false, _ => null });
        var customer = Of(_customers, transaction.CustomerId, id => new CustomerWindow(id));
        var fold = customer.Fold(transaction, at - (30 * UnixMicros.PerSecond));
        customer.CloseMinutes(at - UnixMicros.PerMinute, _minutes);
        var merchant = Of(_merchants, transaction.MerchantId, id => new MerchantWindow(id));
        merchant.Fold(transaction);
        _rows.Add(new TransactionRow(transaction, fold.IsLate, null, null, null, fold.Sequence));
        if (i % 10 == 0)
        {
            var label = Label(transaction.TransactionId, i % 20 == 0, at + UnixMicros.PerDay);
            _labels.Add(label);
            List<LabelObservation> observations = transaction.IsFraud is { } early ? [new LabelObservation(early, at)] : [];
            observations.Add(new LabelObservation(label.IsFraud, at + UnixMicros.PerDay));
            merchant.ApplyLabels(new LabelHistory(transaction.TransactionId, at, observations) { BaseCents = transaction.BaseCents });
        }
    }

    private static T Of<T>(Dictionary<long, T> windows, long key, Func<long, T> create)
    {
        if (!windows.TryGetValue(key, out var window))
        {
            windows.Add(key, window = create(key));
        }

        return window;
    }
}
