using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Levee.Cli;
using Levee.Features;
using Levee.Simulation.Tests.Kafka;
using Levee.Streaming.Kafka;

namespace Levee.Simulation.Tests.Cli;

public sealed class BrokerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("levee-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_broker_process_serves_until_sigterm()
    {
        var file = Path.Combine(_folder, "broker");
        using var broker = new LeveeProcess(
            "broker", "--port-file", file, "--topic", "transactions:3", "--topic", "labels:1", "--topic", "transactions.dead-letter:2");
        var servers = (await broker.ReadLineAsync())!;
        Assert.Equal(servers, await File.ReadAllTextAsync(file));

        await SimulatesInto(servers);
        await ListsDeadLettersOf(servers);

        Assert.Equal((ExitCodes.Success, ""), await broker.StopAsync("TERM"));
        Assert.Empty(Directory.GetFiles(_folder, "broker*"));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_simulation_stops_on_a_signal_and_delivers_what_it_has(string signal)
    {
        using var kafka = Levee.Embedded.EmbeddedKafka.Start();
        kafka.CreateTopic("transactions", 2);
        kafka.CreateTopic("labels", 1);
        using var simulation = new LeveeProcess("simulate", "-b", kafka.BootstrapServers, "--rate", "200", "--label-delay", "1s");
        await FirstRecordAsync(kafka.BootstrapServers);

        Assert.Equal((ExitCodes.Success, ""), await simulation.StopAsync(signal));

        var produced = TopicConsumer.ReadAll(kafka.BootstrapServers, "transactions", 2).Count;
        var last = "";
        while (await simulation.ReadLineAsync() is { } line)
        {
            last = line;
        }

        Assert.StartsWith($"Produced {produced} records", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_that_is_not_there_is_explained()
    {
        using var kafka = Levee.Embedded.EmbeddedKafka.Start();
        var run = await Run.Of("dead-letters", "list", "-b", kafka.BootstrapServers);
        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("no topic transactions.dead-letter", run.Error, StringComparison.Ordinal);
    }

    private async Task SimulatesInto(string servers)
    {
        var output = Path.Combine(_folder, "produced.ndjson");

        var run = await Run.Of(
            "simulate", "-b", servers, "--replay", "--count", "3000", "--poison", "0.02", "--duplicates", "0.02", "--late", "0.03", "--out", output);

        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Error));
        Assert.Contains("Produced 3000 records", run.Output, StringComparison.Ordinal);
        var told = (await File.ReadAllLinesAsync(output)).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(r => r.GetProperty("topic").GetString() == "transactions")
            .Select(r => (r.GetProperty("partition").GetInt32(), r.GetProperty("offset").GetInt64(), r.GetProperty("key").GetString()!, r.GetProperty("value").GetString()!));
        var consumed = TopicConsumer.ReadAll(servers, "transactions", 3).Select(r => (r.Partition, r.Offset, r.Key, Convert.ToBase64String(r.Value)));
        Assert.Equal(consumed.Order(), told.Order());
    }

    private static async Task ListsDeadLettersOf(string servers)
    {
        Assert.Contains("no dead letters", (await Run.Of("dead-letters", "list", "-b", servers)).Output, StringComparison.Ordinal);
        using (var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = servers }).Build())
        {
            for (var i = 0; i < 3; i++)
            {
                var headers = new Headers
                {
                    { KafkaDeadLetterHeaders.Reason, Encoding.UTF8.GetBytes("amount: expected a number above 0") },
                    { KafkaDeadLetterHeaders.Field, "amount"u8.ToArray() },
                    { KafkaDeadLetterHeaders.Topic, "transactions"u8.ToArray() },
                    { KafkaDeadLetterHeaders.Partition, "2"u8.ToArray() },
                    { KafkaDeadLetterHeaders.Offset, Encoding.UTF8.GetBytes($"{40 + i}") },
                };
                await producer.ProduceAsync(
                    new TopicPartition("transactions.dead-letter", i % 2),
                    new Message<byte[], byte[]> { Key = "7"u8.ToArray(), Value = "{\"amount\": [0]}"u8.ToArray(), Headers = headers });
            }
        }

        var run = await Run.Of("dead-letters", "list", "--bootstrap-servers", servers);
        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Error));
        Assert.Matches(@"transactions/2@42\s+amount: expected a number above 0\s+amount\s+\{""amount"": \[0\]\}", run.Output);
        Assert.Contains("3 in all.", run.Output, StringComparison.Ordinal);
        Assert.Contains("The newest 2 of 3;", (await Run.Of("dead-letters", "list", "-b", servers, "--max", "2")).Output, StringComparison.Ordinal);
    }

    private static Task FirstRecordAsync(string servers) => Task.Run(() =>
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = servers, GroupId = "first", EnableAutoCommit = false }).Build();
        consumer.Assign([new TopicPartitionOffset("transactions", 0, Offset.Beginning), new TopicPartitionOffset("transactions", 1, Offset.Beginning)]);
        var result = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException("Nothing was produced.");
        Assert.True(TransactionJson.TryParse(result.Message.Value, CurrencyTable.Default, long.MaxValue / 2, out _, out _));
    });
}
