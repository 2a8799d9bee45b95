namespace Levee.Features;

/// <summary>One closed 1-minute window of a customer: a row of the table <c>features</c>.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="WindowStartMicros">Start, inclusive, microseconds since the Unix epoch, a whole minute.</param>
/// <param name="WindowEndMicros">End, exclusive.</param>
/// <param name="TransactionCount">Transactions on time in the window, at least 1.</param>
/// <param name="AvgAmount">Mean amount in base currency.</param>
/// <param name="MaxAmount">Largest amount in base currency.</param>
/// <param name="FraudCount">Transactions whose early label says fraud.</param>
/// <param name="AmountStd">Sample standard deviation in base currency; null for one transaction.</param>
public sealed record MinuteFeatures(
    long CustomerId,
    long WindowStartMicros,
    long WindowEndMicros,
    int TransactionCount,
    decimal AvgAmount,
    decimal MaxAmount,
    int FraudCount,
    double? AmountStd);
