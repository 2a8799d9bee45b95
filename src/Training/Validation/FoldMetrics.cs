namespace Levee.Training;

/// <summary>A candidate on one fold.</summary>
/// <param name="TrainingRows">Rows that it was trained on.</param>
/// <param name="ValidationRows">Rows that it scored.</param>
/// <param name="Frauds">Frauds among those.</param>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="AveragePrecision">Average precision.</param>
/// <param name="CardPrecisionAt100">Mean daily card precision at 100.</param>
public sealed record FoldMetrics(
    int TrainingRows, int ValidationRows, int Frauds, double Auc, double AveragePrecision, double CardPrecisionAt100);
