using Levee.Features;
using Levee.Storage.Tests.Support;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Predictions;

public sealed class MaturedPredictionsTests
{
    private const long Now = Noon + (10 * UnixMicros.PerDay);

    [Fact]
    public async Task Each_transaction_counts_once_with_its_last_known_label()
    {
        await using var database = await TestDatabase.CreateAsync();
        var cases = new (double Probability, bool? Early, (bool IsFraud, long Observed)[] Labels, bool Expected)[]
        {
            (0.01, null, [], false),
            (0.02, true, [], true),
            (0.03, null, [(true, Noon + UnixMicros.PerDay)], true),
            (0.04, true, [(false, Noon + UnixMicros.PerDay)], false),
            (0.05, null, [(true, Noon + 1), (false, Noon + 2), (true, Noon + 3)], true),
            (0.06, null, [(true, Now + 1)], false),
        };
        foreach (var (probability, early, labels, _) in cases)
        {
            await StoreAsync(database, Noon, early, labels, id => [Prediction(transactionId: id, probability: probability)]);
        }

        var matured = await new MaturedPredictions(database.Source).ReadAsync(Noon - 1, Now, "v1", CancellationToken.None);

        Assert.Equal(
            cases.Select(expected => new MaturedPrediction(expected.Probability, expected.Expected)),
            matured.OrderBy(prediction => prediction.Probability));
    }

    [Fact]
    public async Task Only_mature_sound_predictions_of_the_version_count_and_the_served_one_goes_first()
    {
        await using var database = await TestDatabase.CreateAsync();
        const long Young = Now - LabelHistory.DelayMicros + 1;
        await StoreAsync(database, Young, null, [(true, Young)], id => [Prediction(transactionId: id, atMicros: Young)]);
        await StoreAsync(database, Noon - UnixMicros.PerDay, null, [], id => [Prediction(transactionId: id, atMicros: Noon - UnixMicros.PerDay)]);
        await StoreAsync(database, Noon, null, [], id => [Prediction(transactionId: id, degraded: true)]);
        await StoreAsync(database, Noon, null, [], id => [Prediction(transactionId: id, version: "v2")]);
        await StoreAsync(
            database, Noon, null, [], id => [Prediction(transactionId: id, probability: 0.6, served: false), Prediction(transactionId: id, probability: 0.7)]);
        await StoreAsync(
            database, Noon, null, [], id => [Prediction(transactionId: id, probability: 0.8, served: false), Prediction(transactionId: id, probability: 0.9, degraded: true)]);

        var matured = await new MaturedPredictions(database.Source).ReadAsync(Noon, Now, "v1", CancellationToken.None);

        Assert.Equal([0.7, 0.8], matured.Select(prediction => prediction.Probability).Order());
    }

    private static async Task StoreAsync(
        TestDatabase database, long atMicros, bool? early, (bool IsFraud, long Observed)[] labels, Func<Guid, PredictionRow[]> predictions)
    {
        var transaction = Transaction(atMicros: atMicros, isFraud: early);
        await new HistoryLoader(database.Source).LoadAsync(
            [Row(transaction)],
            [],
            [.. labels.Select(label => Label(transaction.TransactionId, label.IsFraud, label.Observed))],
            [],
            [],
            CancellationToken.None);
        using var folder = new TemporaryFolder();
        await using var log = Log(database.Source, folder);
        foreach (var prediction in predictions(transaction.TransactionId))
        {
            log.TryWrite(prediction);
        }
    }
}
