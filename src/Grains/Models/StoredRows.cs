using System.Globalization;
using Levee.Features;
using Levee.Storage;
using Levee.Training;

namespace Levee.Grains.Models;

/// <summary>Training rows from what PostgreSQL holds, with the feature code of the grains.</summary>
public sealed class StoredRows(TransactionReader reader, FeatureList features)
{
    /// <summary>Builds the rows of the last days whose labels are mature.</summary>
    /// <param name="asOf">The time as of which labels are known.</param>
    /// <param name="days">Days of transactions that become rows; they end one label delay (seven days) before that time.</param>
    /// <param name="warmUpDays">Days before those that only fill the windows.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public async Task<IReadOnlyList<TrainingRow>> BuildAsync(DateTimeOffset asOf, int days, int warmUpDays, CancellationToken cancellationToken)
    {
        var now = UnixMicros.FromDateTimeOffset(asOf);
        var first = now - LabelHistory.DelayMicros - (days * UnixMicros.PerDay);
        var history = await reader.ReadAsync(first - (warmUpDays * UnixMicros.PerDay), now, cancellationToken);
        var options = new TrainingSetOptions { RowsFromMicros = first };
        return await Task.Factory.StartNew(
            () => TrainingSetBuilder.Build(history.Transactions, history.Labels, now, features, out _, options, cancellationToken),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <summary>The query in words, as models name their data.</summary>
    /// <param name="asOf">The time as of which labels are known.</param>
    /// <param name="days">Days of transactions that become rows.</param>
    /// <param name="warmUpDays">Days before those.</param>
    public static string Describe(DateTimeOffset asOf, int days, int warmUpDays) => string.Create(
        CultureInfo.InvariantCulture,
        $"transactions of the {days} days whose labels were mature at {asOf.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}, " +
        $"windows filled from {warmUpDays} days before, labels known then");
}
