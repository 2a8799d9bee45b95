using System.Runtime.CompilerServices;
using Npgsql;

namespace Levee.Storage;

/// <summary>Goes through all keys that have a state or transactions, in portions that fit into memory.</summary>
internal sealed class KeyPager(NpgsqlDataSource source, RebuildRequest request)
{
    /// <summary>The keys of a kind, ascending.</summary>
    public async IAsyncEnumerable<long[]> ReadAsync(
        GrainKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = kind == GrainKind.Customer ? request.Customers : request.Merchants;
        var last = long.MinValue;
        while (true)
        {
            var page = await ReadPageAsync(kind, asked, last, cancellationToken);
            var portion = new List<long>();
            var bytes = 0L;
            foreach (var (key, size) in page)
            {
                if (portion.Count > 0 && bytes + size > request.MaxStateBytes)
                {
                    yield return [.. portion];
                    portion.Clear();
                    bytes = 0;
                }

                portion.Add(key);
                bytes += size;
            }

            if (portion.Count > 0)
            {
                yield return [.. portion];
            }

            if (page.Count < request.MaxKeys)
            {
                yield break;
            }

            last = page[^1].Key;
        }
    }

    // Each key with the bytes of its state and at most as much of a journal.
    private async Task<List<(long Key, long Bytes)>> ReadPageAsync(
        GrainKind kind, IReadOnlyList<long>? asked, long after, CancellationToken cancellationToken)
    {
        var name = kind == GrainKind.Customer ? "customer" : "merchant";
        var among = asked is null ? "" : $"AND {name}_id = ANY ($3)";
        await using var command = source.CreateCommand(
            $"""
            SELECT k.key, coalesce(2 * octet_length(s.state), 0)::bigint
            FROM (
                (SELECT {name}_id AS key FROM {name}_state WHERE {name}_id > $1 {among} ORDER BY 1 LIMIT $2)
                UNION
                (SELECT DISTINCT {name}_id AS key FROM transactions WHERE {name}_id > $1 {among} ORDER BY 1 LIMIT $2)
                ORDER BY key LIMIT $2) AS k
            LEFT JOIN {name}_state s ON s.{name}_id = k.key
            ORDER BY k.key
            """);
        command.Parameters.AddAll(
            [new NpgsqlParameter<long> { TypedValue = after }, new NpgsqlParameter<int> { TypedValue = request.MaxKeys }]);
        if (asked is not null)
        {
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. asked] });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<(long Key, long Bytes)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add((reader.GetInt64(0), reader.GetInt64(1)));
        }

        return page;
    }
}
