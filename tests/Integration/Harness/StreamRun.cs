using System.Text;
using Confluent.Kafka;
using Dapper;
using Levee.Features;
using Npgsql;

namespace Levee.Integration.Harness;

/// <summary>One test's database and broker, with the means to produce to the one and to compare with the other.</summary>
public sealed class StreamRun(string connectionString, Broker broker) : IDisposable
{
    private static readonly TimeSpan DurableWithin = TimeSpan.FromSeconds(120);

    /// <summary>What <see cref="ProduceAsync"/> put on the topic.</summary>
    public ProducedStream Produced { get; private set; } = new();

    public string ConnectionString => connectionString;

    public string BootstrapServers => broker.BootstrapServers;

    public Broker Broker => broker;

    public SiloUnderTest StartSilo(params (string Key, string Value)[] settings) =>
        SiloUnderTest.Start(connectionString, broker.BootstrapServers, settings);

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Produces the plan as fast as the broker takes it.</summary>
    public async Task<ProducedStream> ProduceAsync(StreamPlan plan)
    {
        using var load = new StreamLoad(broker.BootstrapServers, plan);
        Produced = load.Produced;
        await load.ProduceAsync();
        return load.Produced;
    }

    public Task WaitForRowsAsync(long rows, SiloUnderTest silo) => WaitForRowsAsync(rows, () => silo.Process.Output);

    public async Task WaitForRowsAsync(long rows, Func<string> context)
    {
        await using var connection = await OpenAsync();
        await Until.HoldsAsync(
            () => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM transactions"),
            count => count >= rows,
            DurableWithin,
            $"{rows} rows in transactions",
            context);
    }

    /// <summary>Waits until all customers and all merchants have folded everything.</summary>
    public Task WaitUntilDurableAsync(ProducedStream produced, SiloUnderTest silo) => WaitUntilDurableAsync(produced, () => silo.Process.Output);

    /// <summary>Waits until all customers and all merchants have folded everything.</summary>
    public async Task WaitUntilDurableAsync(ProducedStream produced, Func<string> context)
    {
        await WaitForRowsAsync(produced.Transactions.Count, context);
        await using var connection = await OpenAsync();
        await Until.HoldsAsync(
            () => connection.ExecuteScalarAsync<long>("SELECT coalesce(sum(sequence), 0)::bigint FROM merchant_state"),
            count => count >= produced.Transactions.Count,
            DurableWithin,
            "All merchants have folded everything",
            context);
    }

    /// <summary>The first produced transactions that have no row, with where they are on the topic.</summary>
    public async Task<string> DescribeMissingAsync(StreamLoad load)
    {
        await using var connection = await OpenAsync();
        var rows = (await connection.QueryAsync<Guid>("SELECT transaction_id FROM transactions")).ToHashSet();
        var missing = load.Produced.InOrder.Where(t => !rows.Contains(t.TransactionId)).Take(20);
        return string.Join('\n', missing.Select(t => $"no row: {t.TransactionId} of customer {t.CustomerId}, merchant {t.MerchantId}, at {load.PositionOf(t.TransactionId)}"));
    }

    /// <summary>Row by row: each produced transaction is there once, as it was produced.</summary>
    public async Task AssertRowsAsync(ProducedStream produced)
    {
        await using var connection = await OpenAsync();
        var rows = (await connection.QueryAsync<Row>(
            """
            SELECT transaction_id AS TransactionId, customer_id AS CustomerId, merchant_id AS MerchantId, amount AS Amount,
                   trim(currency) AS Currency, base_amount AS BaseAmount, event_time AS EventTime, trim(card_last_4) AS CardLast4,
                   trim(country) AS Country, device_type AS DeviceType, customer_sequence AS CustomerSequence
            FROM transactions
            """)).AsList();

        Assert.Equal(produced.Transactions.Count, rows.Count);
        foreach (var row in rows)
        {
            var expected = produced.Transactions[row.TransactionId];
            Assert.Equal(
                new Row(
                    expected.TransactionId,
                    expected.CustomerId,
                    expected.MerchantId,
                    expected.Amount,
                    expected.Currency,
                    expected.BaseCents / 100m,
                    UnixMicros.ToDateTimeOffset(expected.EventTimeMicros).UtcDateTime,
                    expected.CardLast4,
                    expected.Country,
                    expected.DeviceType,
                    row.CustomerSequence),
                row);
        }

        // Sequences count what a customer folded, in the order of the topic if it has one. Merchants folded as many as there are rows.
        var sequences = rows.ToDictionary(row => row.TransactionId, row => row.CustomerSequence);
        foreach (var customer in produced.InOrder.GroupBy(t => t.CustomerId))
        {
            var own = customer.Select(t => sequences[t.TransactionId]);
            Assert.Equal(Enumerable.Range(1, customer.Count()).Select(n => (long)n), produced.IsOrdered ? own : own.Order());
        }

        var merchants = (await connection.QueryAsync<(long, long)>("SELECT merchant_id, sequence FROM merchant_state")).ToDictionary();
        Assert.Equal(produced.Transactions.Values.CountBy(t => t.MerchantId).ToDictionary(m => m.Key, m => (long)m.Value), merchants);
        var customers = (await connection.QueryAsync<(long, long)>("SELECT customer_id, sequence FROM customer_state")).ToDictionary();
        Assert.Equal(produced.Transactions.Values.CountBy(t => t.CustomerId).ToDictionary(c => c.Key, c => (long)c.Value), customers);
        var differences = await WindowCheck.FindDifferencesAsync(connectionString, produced, sequences);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    /// <summary>Waits until every minute is closed, then compares `features` with SQL.</summary>
    public Task AssertMinutesAsync(SiloUnderTest silo) => AssertMinutesAsync(() => silo.Process.Output);

    /// <summary>Waits until every minute is closed, then compares `features` with SQL.</summary>
    public async Task AssertMinutesAsync(Func<string> context)
    {
        await using var connection = await OpenAsync();
        await Until.HoldsAsync(
            () => FeatureRowCheck.CountOpenMinutesAsync(connection),
            open => open == 0,
            TimeSpan.FromSeconds(90),
            "Every minute has its row",
            context);
        Assert.Empty(await FeatureRowCheck.FindDifferencesAsync(connection));
    }

    /// <summary>Each poison record is on the dead-letter topic with reason and origin, each origin once or more.</summary>
    public async Task AssertDeadLettersAsync(ProducedStream produced)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = "dead-letters-test",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Assign(Enumerable.Range(0, Broker.DeadLetterPartitions).Select(p => new TopicPartitionOffset("transactions.dead-letter", p, Offset.Beginning)));
        var origins = new HashSet<string>();
        await Until.HoldsAsync(
            () =>
            {
                while (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } letter)
                {
                    var headers = letter.Message.Headers.ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes()));
                    Assert.NotEmpty(headers["dead-letter-reason"]);
                    Assert.Equal("transactions", headers["dead-letter-topic"]);
                    origins.Add($"{headers["dead-letter-partition"]}/{headers["dead-letter-offset"]}");
                }

                return Task.FromResult(origins.Count);
            },
            count => count >= produced.Poison,
            TimeSpan.FromSeconds(30),
            "All dead letters");
        Assert.Equal(produced.Poison, origins.Count);
    }

    /// <summary>The end of each partition of the transactions, by its number.</summary>
    public long[] LogEnds() => [.. Watermarks("transactions", StreamLoad.Partitions).Select(w => w.High.Value)];

    /// <summary>The first offset that each partition of the transactions still has.</summary>
    public long[] LogBegins() => [.. Watermarks("transactions", StreamLoad.Partitions).Select(w => w.Low.Value)];

    /// <summary>The partitions of the transactions that a broker leads.</summary>
    /// <param name="id">The broker's id.</param>
    public IReadOnlyList<int> LedBy(int id)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        var topic = admin.GetMetadata("transactions", TimeSpan.FromSeconds(10)).Topics[0];
        return [.. topic.Partitions.Where(partition => partition.Leader == id).Select(partition => partition.PartitionId)];
    }

    /// <summary>Records on the dead-letter topic of the transactions.</summary>
    public long CountDeadLetters() => Watermarks("transactions.dead-letter", Broker.DeadLetterPartitions).Sum(w => w.High.Value);

    public void Dispose() => broker.Dispose();

    private List<WatermarkOffsets> Watermarks(string topic, int partitions)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "watermarks" }).Build();
        return [.. Enumerable.Range(0, partitions)
            .Select(partition => consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), TimeSpan.FromSeconds(10)))];
    }

    private sealed record Row(
        Guid TransactionId,
        long CustomerId,
        long MerchantId,
        decimal Amount,
        string Currency,
        decimal BaseAmount,
        DateTime EventTime,
        string? CardLast4,
        string? Country,
        string? DeviceType,
        long CustomerSequence);
}
