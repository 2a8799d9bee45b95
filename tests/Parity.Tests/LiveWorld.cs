using Levee.Embedded;
using Levee.Features;
using Levee.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Parity.Tests;

/// <summary>What silos would do with a stream of transactions, one after the other: fold, score, commit, fold labels, crash.</summary>
internal sealed class LiveWorld : IAsyncDisposable
{
    public const int Epoch = 1;

    /// <summary>2026-03-01 12:00 UTC.</summary>
    public const long Start = 1_772_366_400_000_000;

    private readonly Dictionary<long, Held<CustomerWindow>> _customers = [];
    private readonly Dictionary<long, Held<MerchantWindow>> _merchants = [];
    private readonly long[] _next = new long[2];
    private readonly GroupCommitter _committer;
    private readonly GrainStateStore _states;
    private readonly LabelStore _labels;

    private LiveWorld(NpgsqlDataSource source)
    {
        Source = source;
        _committer = new GroupCommitter(source, Options.Create(new StorageOptions()), TimeProvider.System, NullLogger<GroupCommitter>.Instance);
        _states = new GrainStateStore(source);
        _labels = new LabelStore(source);
    }

    public NpgsqlDataSource Source { get; }

    public List<Transaction> Sent { get; } = [];

    public static async Task<LiveWorld> CreateAsync()
    {
        var source = StorageServiceCollectionExtensions.CreateSource(await TestPostgres.CreateDatabaseAsync());
        await new LeveeDatabase(source).MigrateAsync(CancellationToken.None);
        await new StreamCheckpointStore(source).ResolveEpochAsync("transactions", "log", 0, CancellationToken.None);
        return new LiveWorld(source);
    }

    public static Transaction Make(int number, long customer, long merchant, long atMicros, long cents, bool? early = null, Guid? id = null) => new()
    {
        TransactionId = id ?? new Guid(number, 5, 5, 1, 2, 3, 4, 5, 6, 7, 8),
        CustomerId = customer,
        MerchantId = merchant,
        Amount = cents / 100m,
        Currency = "EUR",
        BaseCents = cents,
        EventTimeMicros = atMicros,
        IsFraud = early,
        Country = number % 3 == 0 ? null : number % 2 == 0 ? "DE" : "FR",
        DeviceType = number % 4 == 0 ? "web" : null,
    };

    /// <summary>Some weeks of a few customers at a few merchants, with late ones, labels, served predictions and a crash.</summary>
    public async Task LiveAsync(int count, int first = 0, long? start = null)
    {
        var random = new Random(first + 1);
        for (var i = first; i < first + count; i++)
        {
            var at = (start ?? Start) + (i * 3 * UnixMicros.PerHour) - (i % 9 == 0 ? 2 * UnixMicros.PerDay : 0);
            var transaction = Make(i, 1 + random.Next(6), 1 + random.Next(3), at, random.Next(1, 99_999), random.Next(12) == 0 ? true : null);
            await ArriveAsync(transaction, inDoubt: i % 50 == 7);
            if (i % 7 == 3)
            {
                await ServeAsync(transaction with { TransactionId = Guid.Empty, BaseCents = 1_234, Amount = 12.34m, EventTimeMicros = at + UnixMicros.PerMinute }, i);
                await ServeAsync(transaction, i);
            }

            // Known after three days or after ten, and folded when there is something to fold for its merchant.
            if (i % 4 == 0)
            {
                await LabelAsync(transaction, i % 8 == 0, at + ((i % 3 == 0 ? 3 : 10) * UnixMicros.PerDay), fold: i % 8 != 4);
            }
        }

        await CheckpointAsync();
    }

    /// <summary>A record reaches its merchant and its customer, is scored and committed.</summary>
    /// <param name="transaction">The record.</param>
    /// <param name="inDoubt">Somebody is served from what the merchant had folded before a crash that undoes it.</param>
    public async Task ArriveAsync(Transaction transaction, bool inDoubt = false)
    {
        Sent.Add(transaction);
        var partition = (int)(transaction.CustomerId % _next.Length);
        var offset = _next[partition]++;
        if (inDoubt)
        {
            var before = Of(transaction.MerchantId);
            var doubtful = new Held<MerchantWindow>(MerchantWindow.Deserialize(before.Window.Serialize()), OffsetVector.FromJson(before.Offsets.ToJson()), before.Version);
            doubtful.Window.Fold(transaction);
            doubtful.Offsets.Advance(Epoch, partition, offset, 0);
            var asked = transaction with { TransactionId = Guid.Empty, EventTimeMicros = transaction.EventTimeMicros + (8 * UnixMicros.PerDay) };
            await LogAsync(asked, CustomerOf(asked.CustomerId), doubtful, default, asked.EventTimeMicros);
        }

        var merchant = Of(transaction.MerchantId);
        merchant.Window.Fold(transaction);
        merchant.Offsets.Advance(Epoch, partition, offset, 0);
        await CommitAsync(transaction.MerchantId, merchant, []);

        var customer = CustomerOf(transaction.CustomerId);
        var fold = customer.Window.Fold(transaction, transaction.EventTimeMicros - UnixMicros.PerMinute);
        customer.Offsets.Advance(Epoch, partition, offset, 0);
        await CommitAsync(
            customer,
            [new TransactionRow(transaction, fold.IsLate, Epoch, partition, offset, fold.Sequence)],
            [Predict(transaction, customer, merchant, default, TransactionJson.Write(transaction), served: false)]);
    }

    /// <summary>Somebody asks.</summary>
    public Task ServeAsync(Transaction asked, int number) => LogAsync(
        asked,
        CustomerOf(asked.CustomerId),
        Of(asked.MerchantId),
        number % 2 == 0 ? new FeatureOverrides(number, number / 8.0) : default,
        asked.EventTimeMicros);

    /// <summary>A label is stored, and folded by its merchant.</summary>
    public async Task LabelAsync(Transaction transaction, bool isFraud, long observedMicros, bool fold)
    {
        var time = UnixMicros.ToDateTimeOffset(observedMicros);
        await _labels.AddAsync([new LabelRow(transaction.TransactionId, isFraud, "bank", time, time)], CancellationToken.None);
        if (!fold)
        {
            return;
        }

        var pending = await _labels.ReadPendingAsync(transaction.MerchantId, 1_000, CancellationToken.None);
        var merchant = Of(transaction.MerchantId);
        foreach (var history in pending.Histories)
        {
            merchant.Window.ApplyLabels(history);
        }

        await CommitAsync(transaction.MerchantId, merchant, pending.Labels);
    }

    /// <summary>All that was sent is complete.</summary>
    public Task CheckpointAsync() => new StreamCheckpointStore(Source).WriteAsync(
        [.. _next.Select((next, partition) => new StreamCheckpoint("transactions", Epoch, partition, next, 0))], CancellationToken.None);

    /// <summary>Everybody reads what is durable, as after a version conflict.</summary>
    public async Task ReloadAsync()
    {
        foreach (var id in _customers.Keys.ToArray())
        {
            var stored = (await _states.ReadAsync(GrainKind.Customer, id, CancellationToken.None))!;
            _customers[id] = new Held<CustomerWindow>(CustomerWindow.Deserialize(stored.Snapshot), OffsetVector.FromJson(stored.Offsets), stored.Version);
        }

        foreach (var id in _merchants.Keys.ToArray())
        {
            var stored = (await _states.ReadAsync(GrainKind.Merchant, id, CancellationToken.None))!;
            _merchants[id] = new Held<MerchantWindow>(MerchantWindow.Deserialize(stored.Snapshot), OffsetVector.FromJson(stored.Offsets), stored.Version);
        }
    }

    public async Task<(ParityResult Result, List<ParityMismatch> Mismatches)> CheckAsync()
    {
        var mismatches = new List<ParityMismatch>();
        var parity = new PredictionParity(
            Source, FeatureList.Default, CurrencyTable.Default, new ParityOptions { MaxPredictions = 150, MaxKeys = 4 }, mismatches.Add);
        return (await parity.RunAsync(DateTimeOffset.UnixEpoch, _ => { }, CancellationToken.None), mismatches);
    }

    public async Task<(ParityResult Result, List<ParityMismatch> Mismatches)> CheckRowsAsync(int rows)
    {
        var mismatches = new List<ParityMismatch>();
        var parity = new RowParity(Source, FeatureList.Default, new ParityOptions { MaxPredictions = 150, MaxKeys = 4 }, mismatches.Add);
        return (await parity.RunAsync(rows, 3, _ => { }, CancellationToken.None), mismatches);
    }

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _committer.DisposeAsync();
        _states.Dispose();
        await Source.DisposeAsync();
    }

    // A served prediction goes to the log by itself; here, with a commit that changes nothing else.
    private async Task LogAsync(Transaction asked, Held<CustomerWindow> customer, Held<MerchantWindow> merchant, FeatureOverrides overrides, long at)
    {
        var request = ServedRequest.Write(asked, overrides);
        await CommitAsync(customer, [], [Predict(asked with { EventTimeMicros = at }, customer, merchant, overrides, request, served: true)]);
    }

    private static PredictionRow Predict(
        Transaction transaction, Held<CustomerWindow> customer, Held<MerchantWindow> merchant, FeatureOverrides overrides, byte[] request, bool served)
    {
        var vector = new float[FeatureList.Default.Count];
        var snapshot = merchant.Window.Snapshot(transaction.EventTimeMicros, transaction.BaseCents);
        FeatureList.Default.Compute(transaction, customer.Window, snapshot, vector, overrides);
        return new PredictionRow
        {
            PredictionId = Guid.NewGuid(),
            TransactionId = transaction.TransactionId == Guid.Empty ? null : transaction.TransactionId,
            CustomerId = transaction.CustomerId,
            MerchantId = transaction.MerchantId,
            EventTimeMicros = transaction.EventTimeMicros,
            ScoredAtMicros = transaction.EventTimeMicros,
            Request = request,
            FraudProbability = 0.5,
            IsFraud = false,
            ModelVersion = "v1",
            Features = vector,
            FeatureHash = FeatureList.Default.Hash,
            CustomerSequence = customer.Window.Sequence,
            MerchantSequence = merchant.Window.Sequence,
            MerchantOffsets = merchant.Offsets.ToPositionBytes(),
            MerchantVersion = merchant.Version,
            Degraded = false,
            Served = served,
            LatencyMs = 1,
        };
    }

    private async Task CommitAsync(Held<CustomerWindow> customer, TransactionRow[] rows, PredictionRow[] predictions)
    {
        var result = await _committer.CommitAsync(
            new GrainCommit
            {
                Kind = GrainKind.Customer,
                Key = customer.Window.CustomerId,
                ExpectedVersion = customer.Version,
                State = StateChange.Snapshot(customer.Window.Serialize()),
                Sequence = customer.Window.Sequence,
                Offsets = customer.Offsets.ToJson(),
                Partition = (int)(customer.Window.CustomerId % _next.Length),
                OpenMinuteEndMicros = customer.Window.OldestOpenMinuteEndMicros,
                Transactions = rows,
                Predictions = predictions,
            },
            CancellationToken.None);
        Assert.Equal(CommitStatus.Committed, result.Status);
        customer.Version = result.NewVersion;
    }

    private async Task CommitAsync(long id, Held<MerchantWindow> merchant, IReadOnlyList<LabelKey> labels)
    {
        var result = await _committer.CommitAsync(
            new GrainCommit
            {
                Kind = GrainKind.Merchant,
                Key = id,
                ExpectedVersion = merchant.Version,
                State = StateChange.Snapshot(merchant.Window.Serialize()),
                Sequence = merchant.Window.Sequence,
                Offsets = merchant.Offsets.ToJson(),
                AppliedLabels = labels,
            },
            CancellationToken.None);
        Assert.Equal(CommitStatus.Committed, result.Status);
        merchant.Version = result.NewVersion;
    }

    private Held<CustomerWindow> CustomerOf(long id)
    {
        if (!_customers.TryGetValue(id, out var customer))
        {
            _customers.Add(id, customer = new Held<CustomerWindow>(new CustomerWindow(id), new OffsetVector(), 0));
        }

        return customer;
    }

    private Held<MerchantWindow> Of(long id)
    {
        if (!_merchants.TryGetValue(id, out var merchant))
        {
            _merchants.Add(id, merchant = new Held<MerchantWindow>(new MerchantWindow(id), new OffsetVector(), 0));
        }

        return merchant;
    }
}
