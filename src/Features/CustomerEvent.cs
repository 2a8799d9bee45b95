namespace Levee.Features;

/// <summary>A transaction as a customer's window remembers it.</summary>
internal readonly record struct CustomerEvent(
    long TimeMicros, long Sequence, long Cents, Guid Id, long MerchantId, string? Country, string? DeviceType, decimal Amount, string Currency);
