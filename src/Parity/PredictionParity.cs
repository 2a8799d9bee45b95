using Levee.Features;
using Levee.Features.Oracle;
using Levee.Storage;
using Npgsql;

namespace Levee.Parity;

/// <summary>
/// Computes the vectors of logged predictions again, from raw rows and labels as their customer and their merchant knew them, with the naive
/// oracle rather than the fold of the grains, and compares them bit for bit with what was logged. The rows must also be as they were written
/// (<see cref="ChangedRows"/>).
/// </summary>
public sealed class PredictionParity
{
    private const string Source = "prediction";

    private readonly NpgsqlDataSource _source;
    private readonly FeatureList _features;
    private readonly CurrencyTable _currencies;
    private readonly ParityOptions _options;
    private readonly Action<ParityMismatch> _onMismatch;
    private readonly Vectors _vectors;
    private readonly ChangedRows _changed;
    private ParityResult _result;

    /// <summary>Prepares a check.</summary>
    /// <param name="source">The database.</param>
    /// <param name="features">The feature list: predictions on another are not compared.</param>
    /// <param name="currencies">The rates that requests were converted with.</param>
    /// <param name="options">How.</param>
    /// <param name="onMismatch">Receives each value that differs.</param>
    public PredictionParity(
        NpgsqlDataSource source, FeatureList features, CurrencyTable currencies, ParityOptions options, Action<ParityMismatch> onMismatch)
    {
        ArgumentNullException.ThrowIfNull(options);
        _source = source;
        _features = features;
        _currencies = currencies;
        _options = options;
        _onMismatch = onMismatch;
        _vectors = new Vectors(features, onMismatch);
        _changed = new ChangedRows(onMismatch);
    }

    /// <summary>Checks all predictions that were made from a time on.</summary>
    /// <param name="since">The time.</param>
    /// <param name="onProgress">Called after each portion.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<ParityResult> RunAsync(DateTimeOffset since, Action<ParityResult> onProgress, CancellationToken cancellationToken)
    {
        _result = default;
        await using var reader = await ParityReader.OpenAsync(_source, cancellationToken);
        var isComplete = await reader.ReadCompletenessAsync(_options.Topic, cancellationToken);
        await foreach (var portion in reader.ReadPredictionsAsync(since, _options.MaxPredictions, cancellationToken))
        {
            await CheckAsync(reader, [.. portion.Where(prediction => CanBeCompared(prediction, isComplete))], cancellationToken);
            onProgress(_result);
        }

        return _result;
    }

    private bool CanBeCompared(LoggedPrediction prediction, Func<MerchantPoint, bool> isComplete)
    {
        if (prediction.Degraded)
        {
            _result = _result with { Degraded = _result.Degraded + 1 };
            return false;
        }

        if (prediction.FeatureHash != _features.Hash)
        {
            _result = _result with { OtherFeatures = _result.OtherFeatures + 1 };
            return false;
        }

        if (prediction.Merchant is not { } merchant)
        {
            _result = _result with { Unlogged = _result.Unlogged + 1 };
            return false;
        }

        if (!isComplete(merchant))
        {
            _result = _result with { Incomplete = _result.Incomplete + 1 };
            return false;
        }

        return true;
    }

    private async Task CheckAsync(ParityReader reader, IReadOnlyList<LoggedPrediction> predictions, CancellationToken cancellationToken)
    {
        var halves = new List<Half>(predictions.Count);
        var ofCustomer = predictions.ToLookup(prediction => prediction.CustomerId);
        foreach (var customers in ofCustomer.Select(group => group.Key).Chunk(_options.MaxKeys))
        {
            var sequences = await reader.ReadSequencesAsync(customers, cancellationToken);
            var rows = Grouping.ByKeyAsync(
                reader.ReadCustomersAsync(customers, cancellationToken), customers, row => row.Transaction.CustomerId, cancellationToken);
            await foreach (var (customer, own) in rows)
            {
                CountChanged(_changed.Check(own));
                AddHalves(halves, ofCustomer[customer], own, sequences.GetValueOrDefault(customer));
            }
        }

        var ofMerchant = halves.ToLookup(half => half.Prediction.MerchantId);
        foreach (var merchants in ofMerchant.Select(group => group.Key).Chunk(_options.MaxKeys))
        {
            var labels = await reader.ReadLabelsAsync(merchants, cancellationToken);
            var rows = Grouping.ByKeyAsync(
                reader.ReadMerchantsAsync(merchants, cancellationToken), merchants, row => row.Transaction.MerchantId, cancellationToken);
            await foreach (var (merchant, own) in rows)
            {
                CountChanged(_changed.Check(own) + _changed.Check(labels[merchant]));
                Compare(ofMerchant[merchant], new MerchantHistory(own, labels[merchant]));
            }
        }
    }

    // What the customer gives of each prediction; the merchant's part follows.
    private void AddHalves(List<Half> halves, IEnumerable<LoggedPrediction> predictions, List<ParityTransaction> own, long stored)
    {
        var history = new CustomerHistory(own);
        var byId = own.ToLookup(row => row.Transaction.TransactionId, row => row.Transaction);
        foreach (var prediction in predictions.OrderBy(prediction => prediction.CustomerSequence))
        {
            if (prediction.CustomerSequence > stored)
            {
                // It saw a transaction whose commit is still under way.
                _result = _result with { Incomplete = _result.Incomplete + 1 };
                continue;
            }

            var overrides = default(FeatureOverrides);
            var transaction = prediction.Served ? null : byId[prediction.TransactionId.GetValueOrDefault()].LastOrDefault();
            if (transaction is null && !(prediction.Served && LoggedRequest.TryRead(prediction, _currencies, out transaction, out overrides)))
            {
                _result = _result with { Compared = _result.Compared + 1, Different = _result.Different + 1 };
                _onMismatch(new ParityMismatch(Source, prediction.PredictionId, "transaction", float.NaN, float.NaN));
                continue;
            }

            halves.Add(new Half(prediction, transaction!, history.Features(transaction!, prediction.CustomerSequence), overrides));
        }
    }

    private void Compare(IEnumerable<Half> halves, MerchantHistory merchant)
    {
        foreach (var half in halves.OrderBy(half => half.Prediction.Merchant!.Version).ThenBy(half => half.Prediction.Merchant!.Offsets.Total))
        {
            var snapshot = merchant.Snapshot(half.Prediction.Merchant!, half.Prediction.EventTimeMicros, half.Transaction.BaseCents);
            var recomputed = NaiveVector.Of(_vectors.Names, half.Transaction, half.OfCustomer, snapshot, half.Overrides);
            var differ = _vectors.Differ(Source, half.Prediction.PredictionId, half.Prediction.Features, recomputed);
            _result = _result with { Compared = _result.Compared + 1, Different = _result.Different + (differ ? 1 : 0) };
        }
    }

    private void CountChanged(int rows) => _result = _result with { Different = _result.Different + rows };

    private sealed record Half(
        LoggedPrediction Prediction, Transaction Transaction, Dictionary<string, double> OfCustomer, FeatureOverrides Overrides);
}
