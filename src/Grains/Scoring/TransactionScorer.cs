using System.Text.Json;
using Levee.Features;
using Levee.Grains.Merchants;
using Levee.Grains.Models;
using Levee.Grains.Streams;
using Levee.Storage;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Scoring;

/// <summary>Turns a transaction, its customer's window and its merchant's snapshot into a score and a row of the prediction log.</summary>
internal sealed class TransactionScorer(
    FeatureList features,
    ModelHost models,
    PredictionLog log,
    ScorePublisher publisher,
    IGrainFactory grains,
    LocalMerchants local,
    IOptions<ScoringOptions> options,
    TimeProvider time)
{
    // For the way to another silo and back. One that stands still answers nothing, also not that its time is over.
    private static readonly TimeSpan CallMargin = TimeSpan.FromMilliseconds(250);

    private readonly ScoringOptions _options = options.Value;

    /// <summary>The merchants of arriving records as of each record's time, in order; null when arriving records are not scored.</summary>
    public async ValueTask<MerchantSnapshotResponse[]?> ReadMerchantsAsync(List<TransactionRecord> records)
    {
        if (!_options.ScoreArriving || models.Current is null)
        {
            return null;
        }

        var snapshots = new MerchantSnapshotResponse[records.Count];
        List<(int Index, Task<MerchantSnapshotResponse> Read)>? remote = null;
        for (var i = 0; i < snapshots.Length; i++)
        {
            var read = ReadMerchantAsync(records[i].MerchantId, records[i].EventTimeMicros, records[i].BaseCents, _options.ArrivingReadMilliseconds);
            if (read.IsCompletedSuccessfully)
            {
                snapshots[i] = read.Result;
            }
            else
            {
                (remote ??= []).Add((i, read.AsTask()));
            }
        }

        foreach (var (index, read) in remote ?? [])
        {
            snapshots[index] = await read;
        }

        return snapshots;
    }

    /// <summary>Scores a transaction that was just folded into its customer's window; null when no model is loaded.</summary>
    public PredictionRow? ScoreArriving(
        TransactionRecord record, Transaction transaction, CustomerWindow window, in MerchantSnapshotResponse merchant)
    {
        if (models.Current is not { } model)
        {
            return null;
        }

        var started = time.GetTimestamp();
        var vector = new float[features.Count];
        features.Compute(transaction, window, MerchantSnapshots.ToSnapshot(merchant), vector);
        var probability = model.Predict(vector);
        if (merchant.Degraded)
        {
            StreamMetrics.Degraded.Inc();
        }

        return new PredictionRow
        {
            PredictionId = PredictionIds.ForRecord(
                transaction.EventTimeMicros, record.Epoch, record.Partition, record.Offset, model.Version),
            TransactionId = transaction.TransactionId,
            CustomerId = transaction.CustomerId,
            MerchantId = transaction.MerchantId,
            EventTimeMicros = transaction.EventTimeMicros,
            ScoredAtMicros = UnixMicros.FromDateTimeOffset(time.GetUtcNow()),
            Request = null,
            FraudProbability = probability,
            IsFraud = probability >= model.Threshold,
            ModelVersion = model.Version,
            Features = vector,
            FeatureHash = features.Hash,
            CustomerSequence = window.Sequence,
            MerchantSequence = merchant.Sequence,
            MerchantOffsets = merchant.Offsets,
            MerchantVersion = merchant.Version,
            Degraded = merchant.Degraded,
            Served = false,
            LatencyMs = time.GetElapsedTime(started).TotalMilliseconds,
        };
    }

    /// <summary>Publishes the scores of arriving transactions; returns when Kafka has them.</summary>
    public Task PublishAsync(List<PredictionRow> predictions) =>
        _options.PublishScores && predictions.Count > 0 ? publisher.PublishAsync(predictions) : Task.CompletedTask;

    /// <summary>Answers /predict.</summary>
    /// <param name="request">The transaction.</param>
    /// <param name="window">The customer's window, or null when it could not be read in time.</param>
    /// <param name="started">Timestamp of the call's begin.</param>
    public async Task<ScoreResponse> ScoreAsync(ScoreRequest request, CustomerWindow? window, long started)
    {
        if ((FindModel(request) ?? await WaitForModelAsync(request)) is not { } model)
        {
            return new ScoreResponse { HasModel = false };
        }

        var now = UnixMicros.FromDateTimeOffset(time.GetUtcNow());
        var at = TimeOf(request, window, now);
        var transaction = TransactionMapping.ToTransaction(request, at);
        var merchant = await ReadMerchantAsync(request.MerchantId, at, transaction.BaseCents, _options.ColdReadMilliseconds);
        var vector = new float[features.Count];
        Compute(request, transaction, window, merchant, vector);
        var basis = new ScoreBasis(now, at, window?.Sequence ?? 0, window is not null, merchant);
        return Answer(request, model, vector, model.Predict(vector), basis, started);
    }

    /// <summary>The model of a request: one for all of it, whatever is swapped meanwhile. Null when it is not loaded.</summary>
    public ServingModel? FindModel(ScoreRequest request) => request.ModelVersion is { } version ? models.Find(version) : models.Current;

    /// <summary>Computes the features of a request from windows that are in memory here, and waits for nothing.</summary>
    /// <param name="request">The transaction.</param>
    /// <param name="customer">The customer's window, which another thread may be folding into.</param>
    /// <param name="vector">Receives the features.</param>
    /// <param name="basis">What they were computed from.</param>
    /// <returns>False when the merchant is not in memory here.</returns>
    public bool TryCompute(ScoreRequest request, WindowState<CustomerWindow>.Loaded customer, Span<float> vector, out ScoreBasis basis)
    {
        var now = UnixMicros.FromDateTimeOffset(time.GetUtcNow());
        lock (customer.Gate)
        {
            var window = customer.Window;
            var at = TimeOf(request, window, now);
            var transaction = TransactionMapping.ToTransaction(request, at);
            if (!local.TrySnapshot(request.MerchantId, at, transaction.BaseCents, out var merchant))
            {
                basis = default;
                return false;
            }

            Compute(request, transaction, window, merchant, vector);
            basis = new ScoreBasis(now, at, window.Sequence, HasCustomer: true, merchant);
            return true;
        }
    }

    /// <summary>Logs a prediction and answers.</summary>
    /// <param name="request">The transaction.</param>
    /// <param name="model">What scored it.</param>
    /// <param name="vector">The features; the log keeps them.</param>
    /// <param name="probability">The score.</param>
    /// <param name="basis">What the features were computed from.</param>
    /// <param name="started">Timestamp of the call's begin.</param>
    public ScoreResponse Answer(
        ScoreRequest request, ServingModel model, float[] vector, double probability, in ScoreBasis basis, long started)
    {
        var id = Guid.CreateVersion7(UnixMicros.ToDateTimeOffset(basis.ScoredAtMicros));
        var isFraud = probability >= model.Threshold;
        if (!request.IsWarmUp)
        {
            log.TryWrite(ToRow(request, model, vector, probability, basis, id, started));
            if (basis.IsDegraded)
            {
                StreamMetrics.Degraded.Inc();
            }
        }

        var explains = request.Explain || (_options.ExplainFrauds && isFraud);
        return new ScoreResponse
        {
            HasModel = true,
            PredictionId = id,
            IsFraud = isFraud,
            FraudProbability = probability,
            ModelVersion = model.Version,
            Degraded = basis.IsDegraded,
            Explanation = explains ? model.Explainer?.Explain(vector, _options.Reasons) : null,
            WhyNoReasons = explains ? model.WhyNoReasons : null,
        };
    }

    /// <summary>The customer's own features at a time, by name, without a current transaction.</summary>
    public KeyValuePair<string, double>[] DescribeCustomer(CustomerWindow window, long atMicros) =>
        features.DescribeCustomer(window, atMicros);

    private static long TimeOf(ScoreRequest request, CustomerWindow? window, long now) =>
        request.EventTimeMicros ?? Math.Max(now, window?.NewestEventMicros ?? long.MinValue);

    // A batch may come before this silo has swapped to its version.
    private Task<ServingModel?> WaitForModelAsync(ScoreRequest request) =>
        request.ModelVersion is { } version ? models.WaitForAsync(version) : Task.FromResult<ServingModel?>(null);

    private void Compute(
        ScoreRequest request, Transaction transaction, CustomerWindow? window, in MerchantSnapshotResponse merchant, Span<float> vector) =>
        features.Compute(
            transaction,
            window,
            MerchantSnapshots.ToSnapshot(merchant),
            vector,
            new FeatureOverrides(request.TransactionCount, request.AvgAmount));

    private PredictionRow ToRow(
        ScoreRequest request, ServingModel model, float[] vector, double probability, in ScoreBasis basis, Guid id, long started) => new()
        {
            PredictionId = id,
            TransactionId = request.TransactionId,
            CustomerId = request.CustomerId,
            MerchantId = request.MerchantId,
            EventTimeMicros = basis.EventTimeMicros,
            ScoredAtMicros = basis.ScoredAtMicros,
            Request = request.RequestJson ?? JsonSerializer.SerializeToUtf8Bytes(request),
            FraudProbability = probability,
            IsFraud = probability >= model.Threshold,
            ModelVersion = model.Version,
            Features = vector,
            FeatureHash = features.Hash,
            CustomerSequence = basis.CustomerSequence,
            MerchantSequence = basis.Merchant.Sequence,
            MerchantOffsets = basis.Merchant.Offsets,
            MerchantVersion = basis.Merchant.Version,
            Degraded = basis.IsDegraded,
            Served = true,
            LatencyMs = time.GetElapsedTime(started).TotalMilliseconds,
        };

    private ValueTask<MerchantSnapshotResponse> ReadMerchantAsync(long merchantId, long atMicros, long baseCents, int maxWaitMilliseconds) =>
        local.TrySnapshot(merchantId, atMicros, baseCents, out var snapshot)
            ? ValueTask.FromResult(snapshot)
            : CallMerchantAsync(merchantId, atMicros, baseCents, maxWaitMilliseconds);

    private async ValueTask<MerchantSnapshotResponse> CallMerchantAsync(long merchantId, long atMicros, long baseCents, int maxWaitMilliseconds)
    {
        try
        {
            var snapshot = grains.GetGrain<IMerchantGrain>(merchantId).GetSnapshot(atMicros, baseCents, maxWaitMilliseconds);
            return snapshot.IsCompletedSuccessfully
                ? snapshot.Result
                : await snapshot.AsTask().WaitAsync(TimeSpan.FromMilliseconds(maxWaitMilliseconds) + CallMargin, time);
        }
        catch (Exception exception) when (exception is TimeoutException or Orleans.Runtime.OrleansException)
        {
            // The merchant's silo is gone, slow or stands still. A score without the merchant's risk is better than none, and says so.
            return MerchantSnapshots.Degraded;
        }
    }
}
