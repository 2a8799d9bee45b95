using Levee.Features;
using Levee.Models;

namespace Levee.Training;

/// <summary>How one fold went.</summary>
public sealed record BacktestFold
{
    /// <summary>The rows.</summary>
    public required PrequentialFold Rows { get; init; }

    /// <summary>The model's score of each test row.</summary>
    public required double[] Scores { get; init; }

    /// <summary>Area under the ROC curve on the test rows, 0 to 1.</summary>
    public required double Auc { get; init; }

    /// <summary>Average precision on the test rows, 0 to 1.</summary>
    public required double AveragePrecision { get; init; }

    /// <summary>Mean daily share of defrauded cards among the most suspicious, 0 to 1.</summary>
    public required double CardPrecision { get; init; }

    /// <summary>Measures scores of a fold's test rows.</summary>
    /// <param name="rows">The fold.</param>
    /// <param name="scores">A score for each test row, not NaN.</param>
    /// <param name="protocol">The protocol.</param>
    public static BacktestFold Of(PrequentialFold rows, double[] scores, BacktestProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(protocol);
        var labels = rows.Test.Select(row => row.IsFraud).ToArray();
        return new BacktestFold
        {
            Rows = rows,
            Scores = scores,
            Auc = BinaryMetrics.Auc(scores, labels),
            AveragePrecision = BinaryMetrics.AveragePrecision(scores, labels),
            CardPrecision = Models.CardPrecision.AtK(
                [.. rows.Test.Select(row => UnixMicros.Floor(row.EventTimeMicros, UnixMicros.PerDay))],
                [.. rows.Test.Select(row => row.CustomerId)],
                scores,
                labels,
                protocol.CardsADay),
        };
    }
}
