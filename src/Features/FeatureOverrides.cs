namespace Levee.Features;

/// <summary>Values of the request that replace those of the customer's last minute.</summary>
/// <param name="TransactionCount1m">Replaces the number of transactions; null for the live value.</param>
/// <param name="AvgAmount1m">Replaces the mean amount in base currency; null for the live value.</param>
public readonly record struct FeatureOverrides(int? TransactionCount1m, double? AvgAmount1m);
