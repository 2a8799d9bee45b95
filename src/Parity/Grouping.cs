using System.Runtime.CompilerServices;
using Levee.Storage;

namespace Levee.Parity;

/// <summary>Puts rows that come key by key together.</summary>
internal static class Grouping
{
    /// <summary>The rows of one key after the other; keys without rows at the end, with none.</summary>
    public static async IAsyncEnumerable<(long Key, List<ParityTransaction> Rows)> ByKeyAsync(
        IAsyncEnumerable<ParityTransaction> rows,
        long[] keys,
        Func<ParityTransaction, long> key,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = keys.ToHashSet();
        var current = new List<ParityTransaction>();
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            if (current.Count > 0 && key(current[0]) != key(row))
            {
                left.Remove(key(current[0]));
                yield return (key(current[0]), current);
                current = [];
            }

            current.Add(row);
        }

        if (current.Count > 0)
        {
            left.Remove(key(current[0]));
            yield return (key(current[0]), current);
        }

        foreach (var one in left.Order())
        {
            yield return (one, []);
        }
    }
}
