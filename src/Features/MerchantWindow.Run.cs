namespace Levee.Features;

/// <content>
/// The unbroken run of known frauds that a window ends with: what tells a merchant that leaks cards from one with a single fraud. What
/// happened at the same time, and in one tile, goes together: it belongs to the run when all of it is known to be fraud, and ends the run
/// when not.
/// </content>
public sealed partial class MerchantWindow
{
    // Of the transactions up to a band of amounts; the others are passed over.
    private FraudRun Run(long after, long through, long atMicros, byte highest)
    {
        var run = default(FraudRun);
        var label = LabelsThrough(through) - 1;
        for (var i = UpperBound(through); i > 0 && _times[i - 1] > after;)
        {
            var time = _times[i - 1];
            var first = i - 1;
            while (first > 0 && _times[first - 1] == time)
            {
                first--;
            }

            // Those of the same time are in the order of their bands.
            var taken = first;
            while (taken < i && _bands[taken] <= highest)
            {
                taken++;
            }

            if (!run.Take(time, taken - first, Frauds(time, time + 1, ref label, atMicros, highest)))
            {
                return run;
            }

            i = first;
        }

        if (after < _tiledBefore)
        {
            // Seldom: all that is kept one by one is fraud.
            foreach (var (start, tile) in _tiles.Reverse())
            {
                var middle = start + (UnixMicros.PerHour / 2);
                if (middle <= after
                    || (middle <= through && !run.Take(
                        middle, tile.CountThrough(highest), Frauds(start, start + UnixMicros.PerHour, ref label, atMicros, highest))))
                {
                    break;
                }
            }
        }

        return run;
    }

    // Known frauds of [from, to); asked from the newest to the oldest, so that labels that have been passed are not looked at again.
    private long Frauds(long from, long to, ref int label, long atMicros, byte highest)
    {
        while (label >= 0 && _labels[label].TimeMicros >= to)
        {
            label--;
        }

        var count = 0L;
        for (; label >= 0 && _labels[label].TimeMicros >= from; label--)
        {
            count += _labels[label].Band <= highest && _labels[label].IsFraudAt(atMicros) ? 1 : 0;
        }

        return count;
    }

    private struct FraudRun
    {
        public long Length;
        public long? StartMicros;
        public long? LegitimateMicros;

        /// <summary>Takes what happened next, going back; false when it ends the run.</summary>
        public bool Take(long timeMicros, long transactions, long frauds)
        {
            if (frauds < transactions)
            {
                LegitimateMicros = timeMicros;
                return false;
            }

            if (transactions > 0)
            {
                Length += transactions;
                StartMicros = timeMicros;
            }

            return true;
        }
    }
}
