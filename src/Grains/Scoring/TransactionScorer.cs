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
            PredictionId = PredictionIds.ForRecord(record.Epoch, record.Partition, record.Offset, model.Version),
            TransactionId = transaction.TransactionId,
            CustomerId = transaction.CustomerId,
            MerchantId = transaction.MerchantId,
            EventTimeMicros = transaction.EventTimeMicros,
            ScoredAtMicros = UnixMicros.FromDateTimeOffset(time.GetUtcNow()),
            Request = TransactionJson.Write(transaction),
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
        // One model for the whole request, whatever is swapped meanwhile.
        if ((request.ModelVersion is { } version ? models.Find(version) ?? await models.WaitForAsync(version) : models.Current) is not { } model)
        {
            return new ScoreResponse { HasModel = false };
        }

        var now = UnixMicros.FromDateTimeOffset(time.GetUtcNow());
        var at = request.EventTimeMicros ?? Math.Max(now, window?.NewestEventMicros ?? long.MinValue);
        var transaction = TransactionMapping.ToTransaction(request, at);
        var merchant = await ReadMerchantAsync(request.MerchantId, at, transaction.BaseCents, _options.ColdReadMilliseconds);

        var vector = new float[features.Count];
        features.Compute(
            transaction,
            window,
            MerchantSnapshots.ToSnapshot(merchant),
            vector,
            new FeatureOverrides(request.TransactionCount, request.AvgAmount));
        var probability = model.Predict(vector);
        var degraded = window is null || merchant.Degraded;
        if (degraded && !request.IsWarmUp)
        {
            StreamMetrics.Degraded.Inc();
        }

        var id = Guid.CreateVersion7(time.GetUtcNow());
        var row = new PredictionRow
        {
            PredictionId = id,
            TransactionId = request.TransactionId,
            CustomerId = request.CustomerId,
            MerchantId = request.MerchantId,
            EventTimeMicros = at,
            ScoredAtMicros = now,
            Request = request.RequestJson ?? JsonSerializer.SerializeToUtf8Bytes(request),
            FraudProbability = probability,
            IsFraud = probability >= model.Threshold,
            ModelVersion = model.Version,
            Features = vector,
            FeatureHash = features.Hash,
            CustomerSequence = window?.Sequence ?? 0,
            MerchantSequence = merchant.Sequence,
            MerchantOffsets = merchant.Offsets,
            MerchantVersion = merchant.Version,
            Degraded = degraded,
            Served = true,
            LatencyMs = time.GetElapsedTime(started).TotalMilliseconds,
        };
        if (!request.IsWarmUp)
        {
            log.TryWrite(row);
        }

        var explains = request.Explain || (_options.ExplainFrauds && probability >= model.Threshold);
        return new ScoreResponse
        {
            HasModel = true,
            PredictionId = id,
            IsFraud = probability >= model.Threshold,
            FraudProbability = probability,
            ModelVersion = model.Version,
            Degraded = degraded,
            Explanation = explains ? model.Explainer?.Explain(vector, _options.Reasons) : null,
            WhyNoReasons = explains ? model.WhyNoReasons : null,
        };
    }

    /// <summary>The customer's own features at a time, by name, without a current transaction.</summary>
    public KeyValuePair<string, double>[] DescribeCustomer(CustomerWindow window, long atMicros) =>
        features.DescribeCustomer(window, atMicros);

    private ValueTask<MerchantSnapshotResponse> ReadMerchantAsync(long merchantId, long atMicros, long baseCents, int maxWaitMilliseconds) =>
        local.TrySnapshot(merchantId, atMicros, baseCents, out var snapshot)
            ? ValueTask.FromResult(snapshot)
            : CallMerchantAsync(merchantId, atMicros, baseCents, maxWaitMilliseconds);

    private async ValueTask<MerchantSnapshotResponse> CallMerchantAsync(long merchantId, long atMicros, long baseCents, int maxWaitMilliseconds)
    {
        try
        {
            return await grains.GetGrain<IMerchantGrain>(merchantId).GetSnapshot(atMicros, baseCents, maxWaitMilliseconds);
        }
        catch (Exception exception) when (exception is TimeoutException or Orleans.Runtime.OrleansException)
        {
            // The merchant's silo is gone or slow. A score without the merchant's risk is better than none, and says so.
            return MerchantSnapshots.Degraded;
        }
    }
}
