namespace Levee.Models;

/// <summary>How well scores separate frauds from the rest on one set of rows.</summary>
public sealed record EvaluationMetrics
{
    /// <summary>Number of rows.</summary>
    public required long Rows { get; init; }

    /// <summary>Number of frauds among them.</summary>
    public required long Frauds { get; init; }

    /// <summary>Area under the ROC curve, 0 to 1; NaN when only one class is present.</summary>
    public required double Auc { get; init; }

    /// <summary>Average precision, 0 to 1; NaN when there is no fraud.</summary>
    public required double AveragePrecision { get; init; }

    /// <summary>Mean negative log-likelihood of the labels; NaN without rows.</summary>
    public required double LogLoss { get; init; }

    /// <summary>The probability from which a row counts as called fraud in what follows.</summary>
    public required double Threshold { get; init; }

    /// <summary>Counts at the threshold.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>Share of the rows called fraud that are; 0 when none is called fraud.</summary>
    public double Precision => Confusion.Precision;

    /// <summary>Share of the frauds that are called fraud; 0 when there is none.</summary>
    public double Recall => Confusion.Recall;

    /// <summary>Harmonic mean of precision and recall.</summary>
    public double F1 => Confusion.F1;

    /// <summary>Mean daily share of compromised cards among the 100 most suspicious; null when it was not computed.</summary>
    public double? CardPrecisionAt100 { get; init; }
}
