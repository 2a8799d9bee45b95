using System.Globalization;
using Npgsql;

namespace Levee.Storage;

/// <summary>Reads grain states.</summary>
public sealed class GrainStateStore(NpgsqlDataSource source)
{
    // One statement, so that the state and its journal are of one moment.
    private const string ReadCustomer =
        """
        SELECT s.state, s.version, s.snapshot_version, s.offsets::text, coalesce(j.deltas, '{}'), coalesce(j.versions, '{}')
        FROM customer_state s, LATERAL (
            SELECT array_agg(delta ORDER BY version) AS deltas, array_agg(version ORDER BY version) AS versions
            FROM customer_journal WHERE customer_id = s.customer_id) AS j
        WHERE s.customer_id = $1
        """;

    private const string ReadMerchant =
        """
        SELECT s.state, s.version, s.snapshot_version, s.offsets::text, coalesce(j.deltas, '{}'), coalesce(j.versions, '{}')
        FROM merchant_state s, LATERAL (
            SELECT array_agg(delta ORDER BY version) AS deltas, array_agg(version ORDER BY version) AS versions
            FROM merchant_journal WHERE merchant_id = s.merchant_id) AS j
        WHERE s.merchant_id = $1
        """;

    /// <summary>A grain's state, or null when it has none yet.</summary>
    /// <exception cref="InvalidDataException">Its journal has a gap.</exception>
    public async Task<StoredState?> ReadAsync(GrainKind kind, long key, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(kind == GrainKind.Customer ? ReadCustomer : ReadMerchant);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var (version, snapshotVersion) = (reader.GetInt64(1), reader.GetInt64(2));
        var deltas = reader.GetFieldValue<byte[][]>(4);
        var versions = reader.GetFieldValue<long[]>(5);
        if (versions.LongLength != version - snapshotVersion || !versions.SequenceEqual(Consecutive(snapshotVersion, version)))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The journal of {kind} {key} should lead from version {snapshotVersion} to {version}, and has {string.Join(", ", versions)}."));
        }

        return new StoredState(reader.GetFieldValue<byte[]>(0), deltas, version, reader.GetString(3));
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

    private static IEnumerable<long> Consecutive(long after, long through)
    {
        for (var version = after + 1; version <= through; version++)
        {
            yield return version;
        }
    }
}
