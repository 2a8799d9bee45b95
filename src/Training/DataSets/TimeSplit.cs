namespace Levee.Training;

/// <summary>
/// A split by time: training rows, then a gap of the label delay, then test rows, then rows whose label is not mature yet. The gap makes the
/// test honest: on the day the test period begins, only labels older than the delay are known. Ranges are positions in the list of rows.
/// </summary>
public sealed record TimeSplit
{
    /// <summary>Training rows.</summary>
    public required Range Train { get; init; }

    /// <summary>Test rows.</summary>
    public required Range Test { get; init; }

    /// <summary>Event times before this one belong to training; microseconds since the Unix epoch.</summary>
    public required long TrainEndMicros { get; init; }

    /// <summary>Event times from this one on belong to the test; microseconds since the Unix epoch.</summary>
    public required long TestStartMicros { get; init; }

    /// <summary>Event times up to this one, inclusive, belong to the test; microseconds since the Unix epoch.</summary>
    public required long TestEndMicros { get; init; }

    /// <summary>Splits rows.</summary>
    /// <param name="rows">Rows in the order of their event times.</param>
    /// <param name="options">Test period, label delay and the time as of which labels are known.</param>
    /// <exception cref="TrainingDataException">The rows are out of order, or too few, or one class is missing.</exception>
    public static TimeSplit Of(IReadOnlyList<TrainingRow> rows, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        if (rows.Count == 0)
        {
            throw new TrainingDataException("There is no transaction to train on.");
        }

        for (var i = 1; i < rows.Count; i++)
        {
            if (rows[i].EventTimeMicros < rows[i - 1].EventTimeMicros)
            {
                throw new TrainingDataException($"Row {i} ({rows[i].TransactionId}) is earlier than the row before it; rows must be in time order.");
            }
        }

        var delay = options.LabelDelay.Ticks / TimeSpan.TicksPerMicrosecond;
        var testEnd = rows[^1].EventTimeMicros;
        if (options.AsOfMicros is { } asOf)
        {
            testEnd = Math.Min(testEnd, asOf - delay);
        }

        var testStart = testEnd - (options.TestPeriod.Ticks / TimeSpan.TicksPerMicrosecond) + 1;
        var trainEnd = testStart - delay;
        var split = new TimeSplit
        {
            Train = ..FirstFrom(rows, trainEnd),
            Test = FirstFrom(rows, testStart)..FirstFrom(rows, testEnd + 1),
            TrainEndMicros = trainEnd,
            TestStartMicros = testStart,
            TestEndMicros = testEnd,
        };
        split.Check(rows, options);
        return split;
    }

    /// <summary>Rows of a range.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="range">The range.</param>
    public static IReadOnlyList<TrainingRow> Take(IReadOnlyList<TrainingRow> rows, Range range)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (offset, length) = range.GetOffsetAndLength(rows.Count);
        var taken = new TrainingRow[length];
        for (var i = 0; i < length; i++)
        {
            taken[i] = rows[offset + i];
        }

        return taken;
    }

    internal static int FirstFrom(IReadOnlyList<TrainingRow> rows, long micros)
    {
        var (low, high) = (0, rows.Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = rows[middle].EventTimeMicros < micros ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void Check(IReadOnlyList<TrainingRow> rows, TrainingOptions options)
    {
        var period = $"Training takes transactions before {DateTimeOffset.UnixEpoch.AddMicroseconds(TrainEndMicros):u}, testing those from " +
            $"{DateTimeOffset.UnixEpoch.AddMicroseconds(TestStartMicros):u} to {DateTimeOffset.UnixEpoch.AddMicroseconds(TestEndMicros):u}.";
        CheckPart(Take(rows, Train), "training", options.MinTrainingRows, options.MinTrainingFrauds, period);
        CheckPart(Take(rows, Test), "test", 1, options.MinTestFrauds, period);
    }

    private static void CheckPart(IReadOnlyList<TrainingRow> part, string name, int minRows, int minFrauds, string period)
    {
        if (part.Count < minRows)
        {
            throw new TrainingDataException($"There are {part.Count} {name} rows with a known label; at least {minRows} are needed. {period}");
        }

        var frauds = part.Count(r => r.IsFraud);
        if (frauds < minFrauds)
        {
            throw new TrainingDataException($"There are {frauds} frauds in {part.Count} {name} rows; at least {minFrauds} are needed. {period}");
        }

        if (frauds == part.Count)
        {
            throw new TrainingDataException($"All {part.Count} {name} rows are frauds; legitimate transactions are needed. {period}");
        }
    }
}
