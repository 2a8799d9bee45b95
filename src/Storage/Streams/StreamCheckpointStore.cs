using Npgsql;

namespace Levee.Storage;

/// <summary>Epochs, offsets and watermarks of the stream.</summary>
public sealed class StreamCheckpointStore(NpgsqlDataSource source)
{
    /// <summary>
    /// The topic's current epoch, from 1. The next one begins when the newest has another source or is known to be over; callers at the
    /// same time get the same answer.
    /// </summary>
    /// <param name="topic">Name of the topic.</param>
    /// <param name="sourceId">Names the log that records come from now.</param>
    /// <param name="endedEpoch">The epoch that is known to be over; 0 for none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<int> ResolveEpochAsync(string topic, string sourceId, int endedEpoch, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var hold = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1, 7210))", connection, transaction))
        {
            hold.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
            await hold.ExecuteNonQueryAsync(cancellationToken);
        }

        var (epoch, known) = await ReadNewestAsync(connection, transaction, topic, cancellationToken);
        if (known == sourceId && epoch > endedEpoch)
        {
            return epoch;
        }

        await using var begin = new NpgsqlCommand("INSERT INTO stream_epochs (topic, epoch, source) VALUES ($1, $2, $3)", connection, transaction);
        begin.Parameters.AddAll(
            [new NpgsqlParameter<string> { TypedValue = topic }, new NpgsqlParameter<int> { TypedValue = epoch + 1 }, new NpgsqlParameter<string> { TypedValue = sourceId }]);
        await begin.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return epoch + 1;
    }

    /// <summary>The checkpoint of one partition, or null.</summary>
    public async Task<StreamCheckpoint?> ReadAsync(string topic, int epoch, int partition, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            "SELECT next_offset, watermark FROM stream_checkpoints WHERE topic = $1 AND epoch = $2 AND kafka_partition = $3");
        command.Parameters.AddAll(
            [new NpgsqlParameter<string> { TypedValue = topic }, new NpgsqlParameter<int> { TypedValue = epoch }, new NpgsqlParameter<int> { TypedValue = partition }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new StreamCheckpoint(topic, epoch, partition, reader.GetInt64(0), reader.GetInt64(1))
            : null;
    }

    /// <summary>The checkpoints of a topic's newest epoch.</summary>
    public async Task<IReadOnlyList<StreamCheckpoint>> ReadCurrentAsync(string topic, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT epoch, kafka_partition, next_offset, watermark FROM stream_checkpoints
            WHERE topic = $1 AND epoch = (SELECT max(epoch) FROM stream_epochs WHERE topic = $1)
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var checkpoints = new List<StreamCheckpoint>();
        while (await reader.ReadAsync(cancellationToken))
        {
            checkpoints.Add(new StreamCheckpoint(topic, reader.GetInt32(0), reader.GetInt32(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        return checkpoints;
    }

    /// <summary>
    /// Partitions that a topic had in earlier epochs and of which the newest knows nothing: it has not come to them yet, or they are gone.
    /// </summary>
    public async Task<IReadOnlyList<int>> ReadLeftBehindAsync(string topic, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT kafka_partition FROM stream_checkpoints WHERE topic = $1
            EXCEPT
            SELECT kafka_partition FROM stream_checkpoints
            WHERE topic = $1 AND epoch = (SELECT max(epoch) FROM stream_epochs WHERE topic = $1)
            ORDER BY kafka_partition
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var partitions = new List<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            partitions.Add(reader.GetInt32(0));
        }

        return partitions;
    }

    /// <summary>Stores checkpoints, all or none. One that is behind what is stored changes nothing.</summary>
    public async Task WriteAsync(IReadOnlyList<StreamCheckpoint> checkpoints, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO stream_checkpoints AS c (topic, epoch, kafka_partition, next_offset, watermark)
            SELECT DISTINCT ON (topic, epoch, kafka_partition) *
            FROM unnest($1, $2, $3, $4, $5) AS n (topic, epoch, kafka_partition, next_offset, watermark)
            ORDER BY topic, epoch, kafka_partition, next_offset DESC, watermark DESC
            ON CONFLICT (topic, epoch, kafka_partition) DO UPDATE
                SET next_offset = excluded.next_offset, watermark = greatest(excluded.watermark, c.watermark), updated_at = now()
                WHERE (excluded.next_offset, excluded.watermark) > (c.next_offset, c.watermark)
            """);
        command.Parameters.AddAll(
        [
            new NpgsqlParameter<string[]> { TypedValue = [.. checkpoints.Select(checkpoint => checkpoint.Topic)] },
            new NpgsqlParameter<int[]> { TypedValue = [.. checkpoints.Select(checkpoint => checkpoint.Epoch)] },
            new NpgsqlParameter<int[]> { TypedValue = [.. checkpoints.Select(checkpoint => checkpoint.Partition)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. checkpoints.Select(checkpoint => checkpoint.NextOffset)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. checkpoints.Select(checkpoint => checkpoint.WatermarkMicros)] },
        ]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<(int Epoch, string? Source)> ReadNewestAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string topic, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT epoch, source FROM stream_epochs WHERE topic = $1 ORDER BY epoch DESC LIMIT 1", connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt32(0), reader.GetString(1)) : (0, null);
    }
}
