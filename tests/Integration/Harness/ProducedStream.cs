using System.Collections.Concurrent;
using Confluent.Kafka;
using Levee.Features;

namespace Levee.Integration.Harness;

/// <summary>What a test put on the topic.</summary>
public sealed class ProducedStream
{
    private readonly Dictionary<Guid, Transaction> _transactions = [];
    private readonly List<Transaction> _inOrder = [];

    public IReadOnlyDictionary<Guid, Transaction> Transactions => _transactions;

    /// <summary>Whether a customer's transactions are in one partition, so that their order is given.</summary>
    public bool IsOrdered { get; init; } = true;

    /// <summary>Each transaction once, as it first came; with <see cref="IsOrdered"/> that is also each customer's order on the topic.</summary>
    public IReadOnlyList<Transaction> InOrder => _inOrder;

    /// <summary>Where the broker put each transaction first, by its own word.</summary>
    public ConcurrentDictionary<Guid, TopicPartitionOffset> Positions { get; } = new();

    public int Duplicates { get; private set; }

    public int Poison { get; private set; }

    internal void Add(PlannedMessage message)
    {
        if (message.Transaction is not { } transaction)
        {
            Poison++;
        }
        else if (_transactions.TryAdd(transaction.TransactionId, transaction))
        {
            _inOrder.Add(transaction);
        }
        else
        {
            Duplicates++;
        }
    }
}
