using Levee.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Storage.Tests.Support;

/// <summary>Small things to store.</summary>
internal static class Samples
{
    /// <summary>2026-03-01 12:00 UTC.</summary>
    public const long Noon = 1_772_366_400_000_000;

    public static Transaction Transaction(
        Guid? id = null, long customer = 1, long merchant = 1, decimal amount = 12.34m, long atMicros = Noon, bool? isFraud = null) => new()
        {
            TransactionId = id ?? Guid.NewGuid(),
            CustomerId = customer,
            MerchantId = merchant,
            Amount = amount,
            Currency = "EUR",
            BaseCents = (long)(amount * 100),
            EventTimeMicros = atMicros,
            IsFraud = isFraud,
        };

    public static TransactionRow Row(Transaction transaction, long sequence = 1, long? offset = null) =>
        new(transaction, false, 1, 0, offset ?? sequence - 1, sequence);

    public static GrainCommit Commit(
        long key, long expectedVersion = 0, GrainKind kind = GrainKind.Customer, byte[]? state = null, params TransactionRow[] transactions) => new()
        {
            Kind = kind,
            Key = key,
            ExpectedVersion = expectedVersion,
            State = StateChange.Snapshot(state ?? [1, 2, 3]),
            Sequence = expectedVersion + 1,
            Offsets = """{"1/0": 7}""",
            Partition = kind == GrainKind.Customer ? 0 : null,
            Transactions = transactions,
        };

    public static MinuteFeatures Minute(long customer, long startMicros = Noon, double? std = null) =>
        new(customer, startMicros, startMicros + UnixMicros.PerMinute, std is null ? 1 : 2, 10.5m, 12.75m, 0, std);

    public static PredictionRow Prediction(
        Guid? id = null,
        Guid? transactionId = null,
        long atMicros = Noon,
        double probability = 0.25,
        string version = "v1",
        bool served = true,
        bool degraded = false,
        string request = """{"amount":12.34}""") => new()
        {
            PredictionId = id ?? Guid.NewGuid(),
            TransactionId = transactionId,
            CustomerId = 1,
            MerchantId = 1,
            EventTimeMicros = atMicros,
            ScoredAtMicros = atMicros + 1,
            Request = System.Text.Encoding.UTF8.GetBytes(request),
            FraudProbability = probability,
            IsFraud = probability >= 0.5,
            ModelVersion = version,
            Features = [1f, float.NaN, -2.5f],
            FeatureHash = "hash",
            CustomerSequence = 3,
            MerchantSequence = 4,
            Degraded = degraded,
            LatencyMs = 0.5,
            Served = served,
        };

    public static LabelRow Label(Guid transactionId, bool isFraud, long observedMicros, string source = "bank", long? recordedMicros = null) => new(
        transactionId, isFraud, source, UnixMicros.ToDateTimeOffset(observedMicros), UnixMicros.ToDateTimeOffset(recordedMicros ?? observedMicros));

    public static GroupCommitter Committer(NpgsqlDataSource source, Action<StorageOptions>? configure = null) =>
        new(source, Options(configure), TimeProvider.System, NullLogger<GroupCommitter>.Instance);

    /// <summary>A prediction log whose folder is its own.</summary>
    public static PredictionLog Log(
        NpgsqlDataSource source,
        TemporaryFolder folder,
        Action<StorageOptions>? configure = null,
        Action<PredictionLogOptions>? configureLog = null,
        Func<string, Stream>? createFile = null,
        ILogger<PredictionLog>? logger = null)
    {
        var options = new PredictionLogOptions { Folder = folder.Path, FlushMilliseconds = 2_000 };
        configureLog?.Invoke(options);
        return new(source, Options(configure).Value, options, TimeProvider.System, logger ?? NullLogger<PredictionLog>.Instance, createFile);
    }

    private static IOptions<StorageOptions> Options(Action<StorageOptions>? configure)
    {
        var options = new StorageOptions();
        configure?.Invoke(options);
        return Microsoft.Extensions.Options.Options.Create(options);
    }
}
