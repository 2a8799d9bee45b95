using System.Collections.Concurrent;
using Levee.Grains;

namespace Levee.Api.Tests.Cluster;

/// <summary>What the test grains answer. Customers behave by their id, so that tests need not wait for one another.</summary>
public sealed class FakeSystem
{
    public const long UnexplainedCustomer = 900_007;
    public const long FailingCustomer = 900_001;
    public const long HangingCustomer = 900_002;
    public const long CustomerWithoutModel = 900_003;
    public const long OverloadedCustomer = 900_004;
    public const long UnknownCustomer = 900_005;
    public const long DegradedCustomer = 900_006;

    /// <summary>This one and those after it, up to <see cref="LastGatedCustomer"/>, wait for <see cref="Gate"/>.</summary>
    public const long FirstGatedCustomer = 910_000;
    public const long LastGatedCustomer = 919_999;

    public static readonly DateTimeOffset PromotedAt = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static readonly Guid PredictionId = new("01234567-89ab-4def-8123-456789abcdef");

    private int _hanging;

    /// <summary>Hanging calls wait for this.</summary>
    public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gated calls wait for this.</summary>
    public TaskCompletionSource Gate { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The last request by customer.</summary>
    public ConcurrentDictionary<long, ScoreRequest> Scored { get; } = new();

    public ConcurrentQueue<LabelSubmission> Labels { get; } = new();

    /// <summary>Requests with an Idempotency-Key: the hashes of their bodies.</summary>
    public ConcurrentDictionary<(string Caller, string Key), byte[]> LabelRequests { get; } = new();

    public ServedModel? Served { get; set; } = new("v1", "hash", 0.5);

    public SystemHealth Health { get; set; } = AllHealthy;

    /// <summary>Set to make every call of a grain that is not a customer fail.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Set to make every call of a grain that is not a customer wait.</summary>
    public bool Hang { get; set; }

    /// <summary>How many calls have come to wait so.</summary>
    public int Hanging => _hanging;

    public ModelVersion[] Models { get; set; } = DefaultModels;

    public string? PreviousVersion { get; set; } = "v1";

    public string? ArchiveRefusal { get; set; }

    public ConcurrentQueue<string> Transitions { get; } = new();

    public RetrainStatus Retrain { get; set; } = new();

    public DriftReport? Drift { get; set; } = new()
    {
        ModelVersion = "v1",
        MeasuredAt = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        MaturedPredictions = 1_000,
        Frauds = 40,
        CurrentAuc = 0.81,
        CurrentAucLow = 0.74,
        CurrentAucHigh = 0.88,
        BaselineAuc = 0.9,
        MaxDegradationPercent = 5,
        Features = [new FeatureDrift("amount", 0.25, 0.5)],
    };

    public ConcurrentQueue<ReplayRequest> Replays { get; } = new();

    public static SystemHealth AllHealthy => new()
    {
        Model = new ComponentHealth(true, "v1 is loaded."),
        Database = new ComponentHealth(true, "PostgreSQL answers."),
        Stream = new ComponentHealth(true, "12 partitions are read."),
        PredictionLog = new ComponentHealth(true, "Predictions are logged."),
    };

    public static ModelVersion[] DefaultModels =>
    [
        Model("v2", "Production"),
        Model("v1", "Archived"),
    ];

    /// <summary>Puts everything back, but for what was recorded.</summary>
    public void Reset()
    {
        Served = new ServedModel("v1", "hash", 0.5);
        Health = AllHealthy;
        Failure = null;
        Hang = false;
        Models = DefaultModels;
        PreviousVersion = "v1";
        ArchiveRefusal = null;
        Retrain = new RetrainStatus();
        Transitions.Clear();
        Replays.Clear();
        Labels.Clear();
        LabelRequests.Clear();
    }

    /// <summary>What every call of a grain that is not a customer does first.</summary>
    public async Task EnterAsync()
    {
        if (Hang)
        {
            Interlocked.Increment(ref _hanging);
            await Released.Task;
        }

        if (Failure is { } failure)
        {
            throw failure;
        }
    }

    public static ModelVersion Model(string version, string stage) => new()
    {
        Version = version,
        Stage = stage,
        CreatedAt = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        FeatureHash = "hash",
        Metrics = [new("auc", 0.9), new("recall", double.NaN)],
    };
}
