namespace Levee.Api.Parsing;

/// <summary>The fields of a label, as a set of those that were seen.</summary>
[Flags]
internal enum LabelFields
{
    None = 0,
    TransactionId = 1,
    IsFraud = 1 << 1,
    ObservedAt = 1 << 2,
    Source = 1 << 3,
}
