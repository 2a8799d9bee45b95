namespace Levee.Training;

/// <summary>
/// Folds by time: the later half of a period is cut into equal spans, and each is scored by a model of all rows that lie at least the label
/// delay before it, as in production. Rows are never validated by a model of later rows.
/// </summary>
public static class TimeFolds
{
    /// <summary>Makes folds. Those that lack a class on either side are left out.</summary>
    /// <param name="rows">Rows in the order of their event times.</param>
    /// <param name="folds">Number of spans.</param>
    /// <param name="labelDelay">Time left free before each span. A period shorter than twice the delay is cut without it.</param>
    /// <param name="keepsDelay">Whether the delay was left free.</param>
    public static IReadOnlyList<TimeFold> Of(IReadOnlyList<TrainingRow> rows, int folds, TimeSpan labelDelay, out bool keepsDelay)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 1);
        keepsDelay = true;
        if (rows.Count == 0)
        {
            return [];
        }

        var first = rows[0].EventTimeMicros;
        var span = rows[^1].EventTimeMicros - first + 1;
        var delay = labelDelay.Ticks / TimeSpan.TicksPerMicrosecond;
        if (span < 2 * delay)
        {
            (delay, keepsDelay) = (0, false);
        }

        var initial = (span - delay) / 2;
        var validated = span - delay - initial;
        var made = new List<TimeFold>();
        for (var fold = 0; fold < folds; fold++)
        {
            var start = first + delay + initial + (validated * fold / folds);
            var end = first + delay + initial + (validated * (fold + 1) / folds);
            var candidate = new TimeFold(..TimeSplit.FirstFrom(rows, start - delay), TimeSplit.FirstFrom(rows, start)..TimeSplit.FirstFrom(rows, end));
            if (HasBothClasses(rows, candidate.Train) && HasBothClasses(rows, candidate.Validation))
            {
                made.Add(candidate);
            }
        }

        return made;
    }

    private static bool HasBothClasses(IReadOnlyList<TrainingRow> rows, Range range)
    {
        var (offset, length) = range.GetOffsetAndLength(rows.Count);
        var (fraud, legitimate) = (false, false);
        for (var i = offset; i < offset + length && !(fraud && legitimate); i++)
        {
            fraud |= rows[i].IsFraud;
            legitimate |= !rows[i].IsFraud;
        }

        return fraud && legitimate;
    }
}
