using Levee.Features;

namespace Levee.Integration.Harness;

/// <summary>What a test put on the topic.</summary>
public sealed record ProducedStream(IReadOnlyDictionary<Guid, Transaction> Transactions, int Duplicates, int Poison);
