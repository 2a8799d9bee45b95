using Levee.Features;

namespace Levee.Integration.Harness;

/// <summary>One record to produce; without a transaction it is poison.</summary>
internal sealed record PlannedMessage(long? CustomerId, Transaction? Transaction, byte[] Value);
