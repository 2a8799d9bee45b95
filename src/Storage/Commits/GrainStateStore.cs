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
    /// Customers that have an open minute which the durable watermark of the partition that they wait for has passed, the oldest minute first.
    /// </summary>
    /// <param name="watermarks">The partitions to look after and their watermarks, microseconds since the Unix epoch.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<long>> ReadCustomersToCloseAsync(
        IReadOnlyCollection<(int Partition, long WatermarkMicros)> watermarks, int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT s.customer_id
            FROM unnest($1, $2) AS w (kafka_partition, watermark)
            JOIN customer_state s ON s.kafka_partition = w.kafka_partition
                AND s.open_minute_end <= timestamptz 'epoch' + w.watermark * interval '1 microsecond'
            WHERE w.watermark > 0
            ORDER BY s.open_minute_end
            LIMIT $3
            """);
        command.Parameters.AddAll(
        [
            new NpgsqlParameter<int[]> { TypedValue = [.. watermarks.Select(one => one.Partition)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. watermarks.Select(one => one.WatermarkMicros)] },
            new NpgsqlParameter<int> { TypedValue = limit },
        ]);
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
