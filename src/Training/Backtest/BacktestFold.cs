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
}
