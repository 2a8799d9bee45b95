namespace Levee.Api.Parsing;

/// <summary>The fields of POST /predict, as a set of those that were seen.</summary>
[Flags]
internal enum PredictFields
{
    None = 0,
    CustomerId = 1,
    MerchantId = 1 << 1,
    Amount = 1 << 2,
    TransactionId = 1 << 3,
    Currency = 1 << 4,
    Timestamp = 1 << 5,
    CardLast4 = 1 << 6,
    Country = 1 << 7,
    DeviceType = 1 << 8,
    TransactionCount = 1 << 9,
    AvgAmount = 1 << 10,
    Required = CustomerId | MerchantId | Amount,
}
