using System.Diagnostics;
using Confluent.Kafka;
using Levee.Features;
using Npgsql;
using NpgsqlTypes;

namespace Levee.Bench;

/// <summary>
/// What Kafka and PostgreSQL do at their plainest: consume, parse with the same parser, binary COPY into a table without any index,
/// 10,000 rows a commit. No state, no order, no second delivery recognised.
/// </summary>
internal sealed class RawBaseline(string bootstrapServers, NpgsqlDataSource database)
{
    private const int RowsPerCommit = 10_000;

    public async Task PrepareAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            """
            CREATE TABLE IF NOT EXISTS bench_raw (
              transaction_id uuid, customer_id bigint, merchant_id bigint, amount numeric(12,2), currency text, event_time timestamptz,
              card_last_4 text, country text, device_type text, kafka_partition int, kafka_offset bigint)
            """);
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>The end of every partition now: where a run that follows begins.</summary>
    public IReadOnlyList<TopicPartitionOffset> Ends()
    {
        using var consumer = Consumer();
        return [.. Enumerable.Range(0, BrokerProgram.Partitions)
            .Select(partition => new TopicPartition(TransactionSource.Topic, partition))
            .Select(partition => new TopicPartitionOffset(partition, consumer.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(10)).High))];
    }

    /// <summary>Takes the given number of records and returns rows a second, from the first record in hand to the last commit.</summary>
    public async Task<double> RunAsync(IReadOnlyList<TopicPartitionOffset> from, int count, CancellationToken stop)
    {
        using var consumer = Consumer();
        consumer.Assign(from);
        await using var connection = await database.OpenConnectionAsync(stop);
        long started = 0;
        for (var taken = 0; taken < count;)
        {
            await using var copy = await connection.BeginBinaryImportAsync("COPY bench_raw FROM STDIN (FORMAT BINARY)", stop);
            for (var row = 0; row < RowsPerCommit && taken < count; row++, taken++)
            {
                var record = consumer.Consume(TimeSpan.FromSeconds(20)) ?? throw new BenchException("The broker has fewer records than were produced.");
                started = started == 0 ? Stopwatch.GetTimestamp() : started;
                await WriteAsync(copy, record, stop);
            }

            await copy.CompleteAsync(stop);
        }

        var rate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        consumer.Close();
        return rate;
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, ConsumeResult<Ignore, byte[]> record, CancellationToken stop)
    {
        if (!TransactionJson.TryParse(record.Message.Value, CurrencyTable.Default, long.MaxValue - TransactionJson.MaxAheadMicros, out var transaction, out var error)
            || transaction is null)
        {
            throw new BenchException($"A produced record is not valid: {error}.");
        }

        await copy.StartRowAsync(stop);
        await copy.WriteAsync(transaction.TransactionId, NpgsqlDbType.Uuid, stop);
        await copy.WriteAsync(transaction.CustomerId, NpgsqlDbType.Bigint, stop);
        await copy.WriteAsync(transaction.MerchantId, NpgsqlDbType.Bigint, stop);
        await copy.WriteAsync(transaction.Amount, NpgsqlDbType.Numeric, stop);
        await copy.WriteAsync(transaction.Currency, NpgsqlDbType.Text, stop);
        await copy.WriteAsync(UnixMicros.ToDateTimeOffset(transaction.EventTimeMicros), NpgsqlDbType.TimestampTz, stop);
        await copy.WriteAsync(transaction.CardLast4, NpgsqlDbType.Text, stop);
        await copy.WriteAsync(transaction.Country, NpgsqlDbType.Text, stop);
        await copy.WriteAsync(transaction.DeviceType, NpgsqlDbType.Text, stop);
        await copy.WriteAsync(record.Partition.Value, NpgsqlDbType.Integer, stop);
        await copy.WriteAsync(record.Offset.Value, NpgsqlDbType.Bigint, stop);
    }

    private IConsumer<Ignore, byte[]> Consumer() => new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
    {
        BootstrapServers = bootstrapServers,
        GroupId = "bench-raw",
        EnableAutoCommit = false,
        QueuedMinMessages = 100_000,
    }).SetLogHandler(static (_, _) => { }).Build();
}
