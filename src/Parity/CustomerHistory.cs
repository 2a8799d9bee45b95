using Levee.Features;
using Levee.Features.Oracle;
using Levee.Storage;

namespace Levee.Parity;

/// <summary>A customer as the oracle sees it at one sequence after the other, which must not fall.</summary>
internal sealed class CustomerHistory(IReadOnlyList<ParityTransaction> transactions)
{
    private readonly NaiveCustomer _oracle = new(new CustomerWindowOptions().MaxExactEvents);
    private int _taken;

    /// <summary>The features that need the customer, by name, when its window held so many transactions.</summary>
    public Dictionary<string, double> Features(Transaction transaction, long sequence)
    {
        for (; _taken < transactions.Count && transactions[_taken].CustomerSequence <= sequence; _taken++)
        {
            _oracle.Take(transactions[_taken].Transaction, transactions[_taken].CustomerSequence);
        }

        return _oracle.Features(transaction);
    }
}
