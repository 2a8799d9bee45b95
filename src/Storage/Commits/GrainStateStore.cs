using Npgsql;

namespace Levee.Storage;

/// <summary>Reads grain states.</summary>
public sealed class GrainStateStore(NpgsqlDataSource source)
{
    /// <summary>A grain's state, or null when it has none yet.</summary>
    public async Task<StoredState?> ReadAsync(GrainKind kind, long key, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(kind == GrainKind.Customer
            ? "SELECT state, version, offsets::text FROM customer_state WHERE customer_id = $1"
            : "SELECT state, version, offsets::text FROM merchant_state WHERE merchant_id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new StoredState(reader.GetFieldValue<byte[]>(0), reader.GetInt64(1), reader.GetString(2))
            : null;
    }

    /// <summary>
    /// Customers that have an open minute which their partition's durable watermark has passed.
    /// </summary>
    /// <param name="topic">Topic of the transactions.</param>
    /// <param name="partitions">The partitions to look after.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<long>> ReadCustomersToCloseAsync(
        string topic, int[] partitions, int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT s.customer_id
            FROM stream_checkpoints c
            JOIN customer_state s ON s.kafka_partition = c.kafka_partition
                AND s.open_minute_end <= timestamptz 'epoch' + c.watermark * interval '1 microsecond'
            WHERE c.topic = $1 AND c.kafka_partition = ANY ($2)
              AND c.epoch = (SELECT max(epoch) FROM stream_epochs WHERE topic = $1)
              AND c.watermark > 0
            ORDER BY s.open_minute_end
            LIMIT $3
            """);
        command.Parameters.AddAll(
            [new NpgsqlParameter<string> { TypedValue = topic }, new NpgsqlParameter<int[]> { TypedValue = partitions }, new NpgsqlParameter<int> { TypedValue = limit }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var customers = new List<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            customers.Add(reader.GetInt64(0));
        }

        return customers;
    }
}
