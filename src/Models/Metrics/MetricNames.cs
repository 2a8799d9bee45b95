namespace Levee.Models;

/// <summary>Names of the metrics, as runs, reports and the registry store them.</summary>
public static class MetricNames
{
    /// <summary>Area under the ROC curve.</summary>
    public const string Auc = "auc";

    /// <summary>Average precision.</summary>
    public const string AveragePrecision = "average_precision";

    /// <summary>Share of the rows called fraud that are.</summary>
    public const string Precision = "precision";

    /// <summary>Share of the frauds that are called fraud.</summary>
    public const string Recall = "recall";

    /// <summary>Harmonic mean of precision and recall.</summary>
    public const string F1 = "f1";

    /// <summary>Mean daily share of compromised cards among the 100 most suspicious.</summary>
    public const string CardPrecisionAt100 = "card_precision_100";

    /// <summary>Mean negative log-likelihood.</summary>
    public const string LogLoss = "log_loss";

    /// <summary>Mean squared distance of probability and label.</summary>
    public const string Brier = "brier";

    /// <summary>Expected calibration error.</summary>
    public const string CalibrationError = "calibration_error";

    /// <summary>How many times more frauds are among the 1 % highest scores than among as many rows at random.</summary>
    public const string LiftAt1Percent = "lift_1_percent";

    /// <summary>Amounts of the frauds called fraud, less the cost of looking at what is called fraud; in the base currency.</summary>
    public const string CostSaved = "cost_saved";

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Auc, AveragePrecision, CardPrecisionAt100, Precision, Recall, F1, LiftAt1Percent, CostSaved, LogLoss, Brier, CalibrationError,
    ];

    internal static int IndexOf(string name) => All.ToList().IndexOf(name);
}
