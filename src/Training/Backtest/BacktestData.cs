using Levee.Features;

namespace Levee.Training;

/// <summary>
/// The rows of a backtest, made by the windows of the grains: everything before the first training day only fills the windows.
/// </summary>
public sealed record BacktestData
{
    // Reading progress is told once in so many rows.
    private const int RowsAReport = 8_192;

    /// <summary>Rows of all days that the folds use, in the order of their event times.</summary>
    public required IReadOnlyList<TrainingRow> Rows { get; init; }

    /// <summary>Rows of the file that could not be used.</summary>
    public required RejectedRows Rejected { get; init; }

    /// <summary>Transactions that were folded.</summary>
    public required long Folded { get; init; }

    /// <summary>Transactions that changed nothing because their id was known.</summary>
    public required long Skipped { get; init; }

    /// <summary>Whether the file was not in the order of time and had to be sorted in memory.</summary>
    public required bool WasSorted { get; init; }

    /// <summary>
    /// Reads a file. One in the order of time is read row by row, up to the last test day; any other is held in memory and sorted.
    /// </summary>
    /// <param name="path">CSV, CSV.gz or Parquet.</param>
    /// <param name="fileOptions">How rows become transactions.</param>
    /// <param name="protocol">Which days are needed.</param>
    /// <param name="features">The feature list.</param>
    /// <param name="progress">Receives how much of the file has been read, 0 to 1; null for none.</param>
    /// <param name="ct">Stops the work.</param>
    /// <exception cref="TransactionFileException">The file cannot be read.</exception>
    public static BacktestData Load(
        string path,
        TransactionFileOptions fileOptions,
        BacktestProtocol protocol,
        FeatureList features,
        IProgress<double>? progress = null,
        CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        protocol.Validate();
        var rejected = new RejectedRows();
        var builder = NewBuilder(features, protocol);
        var sorted = !TryStream(path, fileOptions, protocol, builder, rejected, progress, ct);
        if (sorted)
        {
            rejected = new RejectedRows();
            builder = NewBuilder(features, protocol);
            foreach (var transaction in Sorted(path, fileOptions, rejected, progress, ct).TakeWhile(one => one.EventTimeMicros < protocol.EndMicros))
            {
                builder.Add(transaction);
            }
        }

        var states = builder.Finish();
        return new BacktestData
        {
            Rows = builder.Rows,
            Rejected = rejected,
            Folded = states.Folded,
            Skipped = states.Skipped,
            WasSorted = sorted,
        };
    }

    private static TrainingSetBuilder NewBuilder(FeatureList features, BacktestProtocol protocol) => new(
        features,
        new Dictionary<Guid, LabelHistory>(),
        long.MaxValue,
        new TrainingSetOptions { RowsFromMicros = protocol.StartMicros });

    private static bool TryStream(
        string path,
        TransactionFileOptions options,
        BacktestProtocol protocol,
        TrainingSetBuilder builder,
        RejectedRows rejected,
        IProgress<double>? progress,
        CancellationToken ct)
    {
        var newest = long.MinValue;
        foreach (var transaction in Read(path, options, rejected, progress, ct))
        {
            if (transaction.EventTimeMicros < newest)
            {
                return false;
            }

            newest = transaction.EventTimeMicros;
            if (newest < protocol.EndMicros)
            {
                builder.Add(transaction);
            }
        }

        return true;
    }

    private static IEnumerable<Transaction> Sorted(
        string path, TransactionFileOptions options, RejectedRows rejected, IProgress<double>? progress, CancellationToken ct) =>
        Read(path, options, rejected, progress, ct).OrderBy(transaction => transaction.EventTimeMicros);

    private static IEnumerable<Transaction> Read(
        string path, TransactionFileOptions options, RejectedRows rejected, IProgress<double>? progress, CancellationToken ct)
    {
        using var file = TransactionFile.Open(path, options);
        while (file.Read(out var row))
        {
            if (row.Number % RowsAReport == 0)
            {
                ct.ThrowIfCancellationRequested();
                progress?.Report(file.ReadShare);
            }

            if (row.Transaction is { } transaction)
            {
                yield return transaction;
            }
            else
            {
                rejected.Add(row);
            }
        }

        progress?.Report(1);
    }
}
