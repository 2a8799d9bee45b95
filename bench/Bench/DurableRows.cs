using System.Diagnostics;
using Npgsql;

namespace Levee.Bench;

/// <summary>Watches Levee's table `transactions` from outside: a row counts when another connection sees it.</summary>
internal sealed class DurableRows(NpgsqlDataSource database)
{
    // Tens of millions of rows, which a soak leaves, take longer to count than the half minute that Npgsql waits.
    private const int CountTimeoutSeconds = 300;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Which of these transactions are visible.</summary>
    public async Task<HashSet<Guid>> VisibleAsync(IReadOnlyCollection<Guid> ids, CancellationToken stop)
    {
        await using var command = database.CreateCommand("SELECT transaction_id FROM transactions WHERE transaction_id = ANY($1)");
        command.Parameters.AddWithValue(ids.ToArray());
        await using var reader = await command.ExecuteReaderAsync(stop);
        var found = new HashSet<Guid>();
        while (await reader.ReadAsync(stop))
        {
            found.Add(reader.GetGuid(0));
        }

        return found;
    }

    public async Task<long> CountAsync(DateTimeOffset fromEventTime, CancellationToken stop)
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM transactions WHERE event_time >= $1");
        command.Parameters.AddWithValue(fromEventTime);
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    /// <summary>
    /// Waits until all rows from an event time on are visible, and returns how many a second became so since the call. The last records of
    /// each partition are looked up by id, which is cheap; only when they are there the rows are counted.
    /// </summary>
    public async Task<double> RateAsync(DateTimeOffset from, long count, IReadOnlyCollection<Guid> last, TimeSpan patience, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var lastSeen = false;
        while (Stopwatch.GetElapsedTime(started) < patience)
        {
            if (!lastSeen)
            {
                lastSeen = (await VisibleAsync(last, stop)).Count == last.Count;
            }
            else if (await CountAsync(from, stop) >= count)
            {
                return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
            }

            await Task.Delay(Pause, stop);
        }

        throw new BenchException($"Of {count} transactions only {await CountAsync(from, stop)} were durable after {patience.TotalSeconds:0} s.");
    }

    /// <summary>Records of the topic that are done, by the checkpoints that the silo keeps: their rows are durable.</summary>
    public async Task<long> DoneAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand("SELECT coalesce(sum(next_offset), 0)::bigint FROM stream_checkpoints WHERE topic = $1");
        command.Parameters.AddWithValue(TransactionSource.Topic);
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    /// <summary>Waits until as many rows from Kafka are there, and returns how many there are then or when patience ends.</summary>
    public async Task<long> WaitForTotalAsync(long count, TimeSpan patience, CancellationToken stop)
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM transactions WHERE kafka_offset IS NOT NULL");
        command.CommandTimeout = CountTimeoutSeconds;
        var asked = Stopwatch.GetTimestamp();
        while (true)
        {
            var found = (long)(await command.ExecuteScalarAsync(stop))!;
            if (found >= count || Stopwatch.GetElapsedTime(asked) > patience)
            {
                return found;
            }

            await Task.Delay(Pause, stop);
        }
    }
}
