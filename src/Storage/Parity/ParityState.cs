using Levee.Features;

namespace Levee.Storage;

/// <summary>The stored state of a customer or a merchant, as its grain would read it.</summary>
/// <param name="Customer">The customer's window; null for a merchant or when it cannot be read.</param>
/// <param name="Merchant">The merchant's window; null for a customer or when it cannot be read.</param>
/// <param name="Point">How far it has come.</param>
public sealed record ParityState(CustomerWindow? Customer, MerchantWindow? Merchant, MerchantPoint Point);
