using System.Globalization;
using Levee.Features;
using Levee.Storage;
using Levee.Training;

namespace Levee.Grains.Models;

/// <summary>Training rows from what PostgreSQL holds, with the feature code of the grains.</summary>
public sealed class StoredRows(TransactionReader reader, FeatureList features)
{
    /// <summary>Days before the first row with which its windows are full: the longest, a merchant's of 30 days, ends seven before the transaction.</summary>
    public const int FullWarmUpDays = 37;

    /// <summary>Builds the rows of the last days whose labels are mature.</summary>
    /// <param name="asOf">The time as of which labels are known.</param>
    /// <param name="days">Days of transactions that become rows; they end one label delay (seven days) before that time.</param>
    /// <param name="warmUpDays">Days before those that only fill the windows.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <param name="mostTransactions">How many transactions may be read; all are in memory at once. By default any number.</param>
    /// <exception cref="TrainingDataException">There are more; nothing was read.</exception>
    public async Task<IReadOnlyList<TrainingRow>> BuildAsync(
        DateTimeOffset asOf, int days, int warmUpDays, CancellationToken cancellationToken, long mostTransactions = long.MaxValue)
    {
        var now = UnixMicros.FromDateTimeOffset(asOf);
        var first = now - LabelHistory.DelayMicros - (days * UnixMicros.PerDay);
        var from = first - (warmUpDays * UnixMicros.PerDay);
        if (mostTransactions < long.MaxValue && await reader.CountAsync(from, now, cancellationToken) is var count && count > mostTransactions)
        {
            throw new TrainingDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{count:N0} transactions of {days} days and {warmUpDays} before would have to be read, more than the {mostTransactions:N0} that are allowed."));
        }

        var history = await reader.ReadAsync(from, now, cancellationToken);
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
