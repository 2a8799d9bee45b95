using System.Diagnostics;
using Confluent.Kafka;
using Levee.Features;
using Npgsql;
using NpgsqlTypes;

namespace Levee.Bench;

/// <summary>
/// What Kafka and PostgreSQL do at their plainest: consume and parse with the same parser; binary COPY of the same rows into a table with
/// the columns and indexes of `transactions`, 10,000 rows a commit; and the two in a row, which is the limit for anything that stores what
/// it reads. The two in a row keep their rows from round to round, for an index costs more the more it holds, and Levee's do too. No state,
/// no order, no second delivery recognised.
/// </summary>
internal sealed class RawBaseline(string bootstrapServers, NpgsqlDataSource database)
{
    private const int RowsPerCommit = 10_000;

    private const string CopiedTable = "bench_copied";
    private const string KeptTable = "bench_kept";

    private const string Columns =
        """
        (transaction_id, customer_id, merchant_id, amount, currency, base_amount, event_time, card_last_4, country,
            device_type, is_late, epoch, kafka_partition, kafka_offset, customer_sequence)
        """;

    /// <summary>Rows a second of the three, and microseconds of CPU a row.</summary>
    internal readonly record struct Rates(
        double Consume, double Copy, double Both, double ConsumeCpuMicroseconds, double CopyCpuMicroseconds, double BothCpuMicroseconds);

    public async Task PrepareAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            CREATE TABLE {CopiedTable} (LIKE transactions INCLUDING DEFAULTS INCLUDING INDEXES) WITH (autovacuum_enabled = off);
            CREATE TABLE {KeptTable} (LIKE transactions INCLUDING DEFAULTS INCLUDING INDEXES) WITH (autovacuum_enabled = off);
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

    /// <summary>How many records the topic holds.</summary>
    public long Held()
    {
        using var consumer = Consumer();
        return Enumerable.Range(0, BrokerProgram.Partitions)
            .Select(partition => consumer.QueryWatermarkOffsets(new TopicPartition(TransactionSource.Topic, partition), TimeSpan.FromSeconds(10)))
            .Sum(offsets => offsets.High.Value - offsets.Low.Value);
    }

    /// <summary>Takes the given number of records.</summary>
    /// <param name="from">Where they begin.</param>
    /// <param name="count">How many.</param>
    /// <param name="postgres">The server's process, whose CPU time counts too.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<Rates> RunAsync(IReadOnlyList<TopicPartitionOffset> from, int count, int postgres, CancellationToken stop)
    {
        var records = new List<(Transaction Transaction, int Partition, long Offset)>(count);
        var cpu = new CpuMeter(Environment.ProcessId, postgres);
        cpu.Start();
        var consume = await ConsumeAsync(from, count, record => { records.Add(record); return Task.CompletedTask; });
        var consumeCpu = cpu.MicrosecondsEach(count);

        cpu.Start();
        var started = Stopwatch.GetTimestamp();
        await CopyAsync(CopiedTable, records, stop);
        var copyRate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        var copyCpu = cpu.MicrosecondsEach(count);
        await TruncateAsync(stop);

        cpu.Start();
        var batch = new List<(Transaction, int, long)>(RowsPerCommit);
        var both = await ConsumeAsync(from, count, async record =>
        {
            batch.Add(record);
            if (batch.Count == RowsPerCommit)
            {
                await CopyAsync(KeptTable, batch, stop);
                batch.Clear();
            }
        });
        var cpuEach = cpu.MicrosecondsEach(count);
        return new Rates(consume, copyRate, both, consumeCpu, copyCpu, cpuEach);
    }

    // From the first record in hand to the last one dealt with.
    private async Task<double> ConsumeAsync(
        IReadOnlyList<TopicPartitionOffset> from, int count, Func<(Transaction Transaction, int Partition, long Offset), Task> use)
    {
        using var consumer = Consumer();
        consumer.Assign(from);
        long started = 0;
        for (var taken = 0; taken < count; taken++)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(20)) ?? throw new BenchException("The broker has fewer records than were produced.");
            started = started == 0 ? Stopwatch.GetTimestamp() : started;
            if (!TransactionJson.TryParse(
                    record.Message.Value, CurrencyTable.Default, long.MaxValue - TransactionJson.MaxAheadMicros, out var transaction, out var error)
                || transaction is null)
            {
                throw new BenchException($"A produced record is not valid: {error}.");
            }

            await use((transaction, record.Partition.Value, record.Offset.Value));
        }

        var rate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        consumer.Close();
        return rate;
    }

    private async Task CopyAsync(string table, List<(Transaction Transaction, int Partition, long Offset)> records, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        foreach (var chunk in records.Chunk(RowsPerCommit))
        {
            await using var copy = await connection.BeginBinaryImportAsync($"COPY {table} {Columns} FROM STDIN (FORMAT BINARY)", stop);
            foreach (var (transaction, partition, offset) in chunk)
            {
                await WriteAsync(copy, transaction, partition, offset, stop);
            }

            await copy.CompleteAsync(stop);
        }
    }

    private async Task TruncateAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand($"TRUNCATE {CopiedTable}");
        await command.ExecuteNonQueryAsync(stop);
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, Transaction transaction, int partition, long offset, CancellationToken stop)
    {
        await copy.StartRowAsync(stop);
        await copy.WriteAsync(transaction.TransactionId, NpgsqlDbType.Uuid, stop);
        await copy.WriteAsync(transaction.CustomerId, NpgsqlDbType.Bigint, stop);
        await copy.WriteAsync(transaction.MerchantId, NpgsqlDbType.Bigint, stop);
        await copy.WriteAsync(transaction.Amount, NpgsqlDbType.Numeric, stop);
        await copy.WriteAsync(transaction.Currency, NpgsqlDbType.Text, stop);
        await copy.WriteAsync(transaction.Amount, NpgsqlDbType.Numeric, stop);
        await copy.WriteAsync(UnixMicros.ToDateTimeOffset(transaction.EventTimeMicros), NpgsqlDbType.TimestampTz, stop);
        await copy.WriteAsync(transaction.CardLast4, NpgsqlDbType.Text, stop);
        await copy.WriteAsync(transaction.Country, NpgsqlDbType.Text, stop);
        await copy.WriteAsync(transaction.DeviceType, NpgsqlDbType.Text, stop);
        await copy.WriteAsync(false, NpgsqlDbType.Boolean, stop);
        await copy.WriteAsync(1, NpgsqlDbType.Integer, stop);
        await copy.WriteAsync(partition, NpgsqlDbType.Integer, stop);
        await copy.WriteAsync(offset, NpgsqlDbType.Bigint, stop);
        await copy.WriteAsync(offset, NpgsqlDbType.Bigint, stop);
    }

    private IConsumer<Ignore, byte[]> Consumer() => new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
    {
        BootstrapServers = bootstrapServers,
        GroupId = "bench-raw",
        EnableAutoCommit = false,
        QueuedMinMessages = 100_000,
    }).SetLogHandler(static (_, _) => { }).Build();
}
