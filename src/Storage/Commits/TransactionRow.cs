using Levee.Features;

namespace Levee.Storage;

/// <summary>A row of the table <c>transactions</c>.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="IsLate">Its minute had ended.</param>
/// <param name="Epoch">The log that it came from; null for history.</param>
/// <param name="KafkaPartition">Its partition; null for history.</param>
/// <param name="KafkaOffset">Its offset; null for history.</param>
/// <param name="CustomerSequence">Its place among the customer's transactions, from 1.</param>
/// <param name="ImportNumber">The import that it came with; null for all else.</param>
public sealed record TransactionRow(
    Transaction Transaction, bool IsLate, int? Epoch, int? KafkaPartition, long? KafkaOffset, long CustomerSequence, int? ImportNumber = null);
