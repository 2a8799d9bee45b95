using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Storage;

/// <summary>Reads grain states.</summary>
public sealed class GrainStateStore(NpgsqlDataSource source, IOptions<StorageOptions>? options = null) : IDisposable
{
    private readonly StateReader _customers = new(source, GrainKind.Customer, options?.Value ?? new StorageOptions());
    private readonly StateReader _merchants = new(source, GrainKind.Merchant, options?.Value ?? new StorageOptions());

    /// <summary>A grain's state, or null when it has none yet. Reads that come at the same time share a query.</summary>
    /// <exception cref="InvalidDataException">Its journal has a gap.</exception>
    /// <exception cref="NpgsqlException">PostgreSQL did not answer.</exception>
    public Task<StoredState?> ReadAsync(GrainKind kind, long key, CancellationToken cancellationToken) =>
        (kind == GrainKind.Customer ? _customers : _merchants).ReadAsync(key, cancellationToken);

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

    /// <summary>Ends the reading.</summary>
    public void Dispose()
    {
        _customers.Stop();
        _merchants.Stop();
    }
}
