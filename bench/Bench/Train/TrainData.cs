using Levee.Features;
using Levee.Training;

namespace Levee.Bench.Train;

/// <summary>The rows of the benchmark: the last week of a file, and the 30 days that end the label delay before it.</summary>
internal sealed record TrainData(IReadOnlyList<TrainingRow> Train, IReadOnlyList<TrainingRow> Test, int Columns)
{
    private const int TrainingDays = 30;
    private const int TestDays = 7;
    private const int WarmUpDays = 37;

    public static TrainData Read(string path)
    {
        var transactions = TransactionFile.Read(path);
        if (transactions.Count == 0)
        {
            throw new BenchException($"{path} has no transaction.", ExitCodes.NotMeasured);
        }

        var testStart = transactions[^1].EventTimeMicros - (TestDays * UnixMicros.PerDay) + 1;
        var trainEnd = testStart - LabelHistory.DelayMicros;
        var trainStart = trainEnd - (TrainingDays * UnixMicros.PerDay);
        var from = trainStart - (WarmUpDays * UnixMicros.PerDay);
        var used = transactions.Where(transaction => transaction.EventTimeMicros >= from).ToList();
        var labels = used.Where(transaction => transaction.IsFraud == true).ToDictionary(
            transaction => transaction.TransactionId,
            transaction => new LabelHistory(
                transaction.TransactionId, transaction.EventTimeMicros, [new LabelObservation(true, transaction.EventTimeMicros)])
            {
                BaseCents = transaction.BaseCents,
            });
        var rows = TrainingSetBuilder.Build(
            used, labels, long.MaxValue, FeatureList.Default, out _, new TrainingSetOptions { RowsFromMicros = trainStart });
        return new TrainData(
            [.. rows.Where(row => row.EventTimeMicros < trainEnd)], [.. rows.Where(row => row.EventTimeMicros >= testStart)], FeatureList.Default.Count);
    }
}
