using Levee.Features;

namespace Levee.Training;

/// <summary>
/// The rows of one fold. As in the handbook, an investigator does not look again at a customer who is known to be defrauded: left out of the
/// test are the customers with a fraud in the training period, and on test day k (from 0) also those with a fraud on a day up to the one
/// before the k-th after the training, whose labels are known by then.
/// </summary>
public sealed record PrequentialFold
{
    /// <summary>The fold, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>First day of the training, in days since 1970-01-01 (UTC).</summary>
    public required long FirstDay { get; init; }

    /// <summary>Training rows.</summary>
    public required IReadOnlyList<TrainingRow> Train { get; init; }

    /// <summary>Test rows, day by day.</summary>
    public required IReadOnlyList<TrainingRow> Test { get; init; }

    /// <summary>Rows of the test days that were left out, since their customer is known to be defrauded.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Takes a fold's rows.</summary>
    /// <param name="rows">Rows in the order of their event times.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="fold">The fold, from 0.</param>
    public static PrequentialFold Of(IReadOnlyList<TrainingRow> rows, BacktestProtocol protocol, int fold)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(protocol);
        var first = protocol.FirstDay(fold);
        var testDay = first + protocol.TrainDays + protocol.DelayDays;
        var train = Days(rows, first, protocol.TrainDays);
        var defrauded = new HashSet<long>(Defrauded(train));
        var test = new List<TrainingRow>();
        var leftOut = 0;
        for (var k = 0; k < protocol.TestDays; k++)
        {
            // The day before the first after the training is the training's last: nothing new for k = 0.
            defrauded.UnionWith(Defrauded(Days(rows, first + protocol.TrainDays + k - 1, 1)));
            foreach (var row in Days(rows, testDay + k, 1))
            {
                if (defrauded.Contains(row.CustomerId))
                {
                    leftOut++;
                }
                else
                {
                    test.Add(row);
                }
            }
        }

        return new PrequentialFold { Number = fold, FirstDay = first, Train = train, Test = test, LeftOut = leftOut };
    }

    private static IEnumerable<long> Defrauded(IEnumerable<TrainingRow> rows) => rows.Where(row => row.IsFraud).Select(row => row.CustomerId);

    private static IReadOnlyList<TrainingRow> Days(IReadOnlyList<TrainingRow> rows, long firstDay, int days) => TimeSplit.Take(
        rows,
        TimeSplit.FirstFrom(rows, firstDay * UnixMicros.PerDay)..TimeSplit.FirstFrom(rows, (firstDay + days) * UnixMicros.PerDay));
}
