namespace Levee.Training;

/// <summary>A fold of the cross-validation; ranges are positions in the list of rows.</summary>
/// <param name="Train">Rows to train on.</param>
/// <param name="Validation">Later rows to score.</param>
public sealed record TimeFold(Range Train, Range Validation);
