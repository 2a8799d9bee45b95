using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Levee.Cli;
using Levee.Cli.DeadLetters;
using Levee.Embedded;
using Levee.Streaming.Kafka;

namespace Levee.Simulation.Tests.Cli;

public sealed class DeadLettersTests : IDisposable
{
    private const string Letters = "transactions.dead-letter";

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public DeadLettersTests()
    {
        _kafka.CreateTopic("transactions", 3);
        _kafka.CreateTopic(Letters, 2);
    }

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task They_are_filtered_and_the_newest_are_shown()
    {
        await SendLetterAsync(0, 40, "amount: expected a number above 0", "{}"u8.ToArray());
        await SendLetterAsync(1, 41, "not JSON", [0xff, 0x00]);
        await SendLetterAsync(0, 42, "Amount: too large", "{}"u8.ToArray());

        var amounts = await RunAsync("list", "--reason", "AMOUNT");
        Assert.Contains("2 in all.", amounts.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not JSON", amounts.Output, StringComparison.Ordinal);
        Assert.Contains("The newest 1 of 3;", (await RunAsync("list", "--max", "1")).Output, StringComparison.Ordinal);
        Assert.Contains("no dead letters", (await RunAsync("list", "--since", "2999-01-01")).Output, StringComparison.Ordinal);
        Assert.Contains("3 in all.", (await RunAsync("list", "--since", "1h")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_JSON_each_has_all_of_them()
    {
        await SendLetterAsync(0, 40, "bad", "{\"a\":1}"u8.ToArray());
        await SendLetterAsync(1, 41, "worse", [0xff, 0x00]);

        var lines = (await RunAsync("list", "--json")).Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        var letters = lines.Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(l => l.GetProperty("id").GetString()!);
        Assert.Equal(["0:0", "1:0"], letters.Keys.Order());
        Assert.Equal("transactions/1@40", letters["0:0"].GetProperty("origin").GetString());
        Assert.Equal("{\"a\":1}", letters["0:0"].GetProperty("value").GetString());
        Assert.Equal("/wA=", letters["1:0"].GetProperty("value_base64").GetString());
        Assert.False(letters["0:0"].GetProperty("replayed").GetBoolean());
    }

    [Fact]
    public async Task One_is_shown_whole()
    {
        await SendLetterAsync(1, 40, "bad", "{\"a\":[1,2]}"u8.ToArray());
        await SendLetterAsync(1, 41, "worse", [0xff, 0x00, 0x41]);

        var json = await RunAsync("show", "1:0");
        var bytes = await RunAsync("show", "1:1");

        Assert.Equal((ExitCodes.Success, ""), (json.Code, json.Error));
        Assert.Contains($"{KafkaDeadLetterHeaders.Reason}: bad", json.Output, StringComparison.Ordinal);
        Assert.Contains($"{KafkaDeadLetterHeaders.Offset}: 40", json.Output, StringComparison.Ordinal);
        Assert.Contains("key: 7", json.Output, StringComparison.Ordinal);
        Assert.Contains("trace: t1", json.Output, StringComparison.Ordinal);
        Assert.EndsWith("value:\n{\n  \"a\": [\n    1,\n    2\n  ]\n}\n", json.Output, StringComparison.Ordinal);
        Assert.Contains("000000  ff 00 41", bytes.Output, StringComparison.Ordinal);
        var missing = await RunAsync("show", "1:2");
        Assert.Equal(ExitCodes.Failure, missing.Code);
        Assert.Contains("no dead letter 1:2", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_sends_the_record_as_it_was_and_only_once()
    {
        await SendLetterAsync(0, 40, "bad", "one"u8.ToArray());
        await SendLetterAsync(1, 41, "bad", null);
        await SendLetterAsync(1, 42, "other", "three"u8.ToArray());

        var dry = await RunAsync("replay", "--reason", "bad", "--dry-run");
        Assert.Contains("2 to replay (2 to transactions).", dry.Output, StringComparison.Ordinal);
        Assert.Empty(Replayed());

        var run = await RunAsync("replay", "--reason", "bad", "--yes");
        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Error));
        Assert.Contains("Replayed 2.", run.Output, StringComparison.Ordinal);
        var first = Replayed().Single(r => r.Message.Value is not null);
        Assert.Equal(("7", "one", 1), (Text(first.Message.Key), Text(first.Message.Value), first.Partition.Value));
        Assert.Equal(1_700_000_000_123, first.Message.Timestamp.UnixTimestampMs);
        Assert.Equal(
            [("replayed-from", Letters + "/0@0"), ("replayed-origin", "transactions/1@40"), ("trace", "t1")],
            first.Message.Headers.Select(h => (h.Key, Text(h.GetValueBytes()))).Order());

        // A second time: what was replayed stays away, what was not goes.
        Assert.Contains("2 replayed already", (await RunAsync("replay", "--reason", "bad", "--yes")).Output, StringComparison.Ordinal);
        Assert.Equal(2, Replayed().Count);
        Assert.Contains("Replayed 1.", (await RunAsync("replay", "--all", "--yes")).Output, StringComparison.Ordinal);
        Assert.Equal(3, Replayed().Count);
        Assert.Contains("Replayed 1.", (await RunAsync("replay", "0:0", "--again", "--yes")).Output, StringComparison.Ordinal);
        Assert.Equal(4, Replayed().Count);

        // Markers are no letters.
        var list = await RunAsync("list");
        Assert.Contains("3 in all.", list.Output, StringComparison.Ordinal);
        Assert.Matches(@"0:0 .* yes", list.Output);
        Assert.Contains("no dead letters", (await RunAsync("list", "--pending")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_a_record_first_was_stays_known()
    {
        await SendLetterAsync(0, 90, "still bad", "x"u8.ToArray(), (ReplayHeaders.From, "transactions.dead-letter/1@5"), (ReplayHeaders.Origin, "transactions/2@7"));

        await RunAsync("replay", "0:0", "-y");

        var headers = Assert.Single(Replayed()).Message.Headers;
        Assert.Equal(Letters + "/0@0", Text(headers.GetLastBytes(ReplayHeaders.From)));
        Assert.Equal("transactions/2@7", Text(headers.GetLastBytes(ReplayHeaders.Origin)));
        Assert.Equal(1, headers.Count(h => h.Key == ReplayHeaders.Origin));
    }

    [Fact]
    public async Task Nothing_is_replayed_without_a_choice_or_a_yes()
    {
        await SendLetterAsync(0, 40, "bad", "one"u8.ToArray());

        var unsaid = await RunAsync("replay");
        var unasked = await RunAsync("replay", "--all");
        var unknown = await RunAsync("replay", "0:0", "1:9", "--yes");

        Assert.Equal((ExitCodes.Usage, ExitCodes.Usage, ExitCodes.Failure), (unsaid.Code, unasked.Code, unknown.Code));
        Assert.Contains("--all", unsaid.Error, StringComparison.Ordinal);
        Assert.Contains("--yes", unasked.Error, StringComparison.Ordinal);
        Assert.Contains("no dead letter 1:9", unknown.Error, StringComparison.Ordinal);
        Assert.Empty(Replayed());
    }

    [Fact]
    public async Task A_letter_without_its_value_is_not_replayed()
    {
        await SendLetterAsync(0, 40, "bad", null, (KafkaDeadLetterHeaders.ValueBytes, "1040000"));

        var run = await RunAsync("replay", "--all", "--yes");

        Assert.Contains("1 came without their value", run.Output, StringComparison.Ordinal);
        Assert.Empty(Replayed());
    }

    [Fact]
    public async Task A_topic_that_letters_came_from_is_not_made_anew()
    {
        await SendLetterAsync(0, 40, "bad", "one"u8.ToArray(), (KafkaDeadLetterHeaders.Topic, "gone"));

        var run = await RunAsync("replay", "--all", "--yes");

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("no topic gone", run.Error, StringComparison.Ordinal);
    }

    private static string Text(byte[]? bytes) => Encoding.UTF8.GetString(bytes!);

    private Task<Run> RunAsync(string command, params string[] arguments) =>
        Run.Of(["dead-letters", command, .. arguments, "-b", _kafka.BootstrapServers]);

    private List<ConsumeResult<byte[]?, byte[]?>> Replayed() =>
        [.. Levee.Cli.Kafka.TopicSnapshot.Take(_kafka.BootstrapServers, "transactions").Read(CancellationToken.None)];

    private async Task SendLetterAsync(int partition, long origin, string reason, byte[]? value, params (string Name, string Value)[] more)
    {
        using var producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig { BootstrapServers = _kafka.BootstrapServers }).Build();
        var headers = new Headers { { "trace", "t1"u8.ToArray() } };
        (string, string)[] all =
        [
            (KafkaDeadLetterHeaders.Reason, reason),
            (KafkaDeadLetterHeaders.Topic, "transactions"),
            (KafkaDeadLetterHeaders.Partition, "1"),
            (KafkaDeadLetterHeaders.Offset, $"{origin}"),
            (KafkaDeadLetterHeaders.Timestamp, "1700000000123"),
            .. more,
        ];
        foreach (var (name, text) in all)
        {
            headers.Add(name, Encoding.UTF8.GetBytes(text));
        }

        await producer.ProduceAsync(
            new TopicPartition(Letters, partition), new Message<byte[], byte[]?> { Key = "7"u8.ToArray(), Value = value, Headers = headers });
    }
}
