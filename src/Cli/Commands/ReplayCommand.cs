using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Levee.Cli.Http;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee replay</c>.</summary>
internal static class ReplayCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var url = CommonOptions.Url();
        var topic = new Option<string>("--topic") { Description = "The topic.", DefaultValueFactory = _ => "transactions" };
        var partition = CommonOptions.OptionalNumber("--partition", "Only this partition; all when absent.", 0, int.MaxValue);
        var offset = CommonOptions.OptionalNumber("--offset", "The first offset to deliver once more.", 0L, long.MaxValue - 1);
        var from = new Option<DateTimeOffset?>("--from")
        {
            Description = "The time of the first record, by the records' Kafka timestamps.",
            HelpName = "time",
            CustomParser = CommonOptions.ParseTime,
        };
        var command = new Command(
            "replay",
            "Delivers records once more while the silos run. Grains recognise what they have folded, so it changes nothing. " +
            "Exit code 0 when every record was delivered.")
        {
            url, topic, partition, offset, from,
        };
        command.Validators.Add(result =>
        {
            if ((result.GetResult(offset) is null) == (result.GetResult(from) is null))
            {
                result.AddError("Give either --offset or --from.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = new LeveeApi(parsed.GetRequiredValue(url));
            var body = Write(parsed.GetRequiredValue(topic), parsed.GetValue(partition), parsed.GetValue(offset), parsed.GetValue(from));
            var begun = Read(await api.PostAsync("replay", body, cancellationToken));
            return await FollowAsync(api, begun, parsed.InvocationConfiguration.Output, cancellationToken);
        });
        return command;
    }

    private static async Task<int> FollowAsync(LeveeApi api, List<Replay> begun, TextWriter output, CancellationToken cancellationToken)
    {
        var console = Screen.Of(output);
        var waiting = begun.Where(replay => replay.From < replay.To).ToList();
        if (waiting.Count == 0)
        {
            console.WriteLine("There is nothing to deliver: no record of that range is complete yet.");
            return ExitCodes.Success;
        }

        var last = waiting;
        if (Screen.IsInteractive(output))
        {
            await console.Progress().StartAsync(async context =>
            {
                var tasks = waiting.ToDictionary(replay => replay.Partition, replay => context.AddTask($"partition {replay.Partition}"));
                last = await PollAsync(api, waiting, replay => tasks[replay.Partition].Value = replay.Percent, cancellationToken);
            });
        }
        else
        {
            last = await PollAsync(api, waiting, _ => { }, cancellationToken);
        }

        var table = Screen.NewTable("Partition", "From", "To", "Delivered", "State");
        foreach (var replay in last)
        {
            table.Add(Text(replay.Partition), Text(replay.From), Text(replay.To), Text(replay.Next - replay.From), replay.State);
        }

        console.Write(table);
        if (last.All(replay => replay.State == Replay.Done))
        {
            console.WriteLine($"{last.Sum(replay => replay.Next - replay.From)} offsets were delivered once more.");
            return ExitCodes.Success;
        }

        throw new CliException(
            "The replay ended early where it says so: a partition changed hands, began a new epoch, or was replayed by somebody else. " +
            "Nothing is lost; the replay can be begun again.");
    }

    private static async Task<List<Replay>> PollAsync(
        LeveeApi api, List<Replay> waiting, Action<Replay> show, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (true)
        {
            var all = Read(await api.GetAsync("replay", cancellationToken));
            var mine = waiting
                .Select(begun => all.Find(replay => (replay.Topic, replay.Partition, replay.From) == (begun.Topic, begun.Partition, begun.From))
                    ?? begun with { State = Replay.Interrupted })
                .ToList();
            mine.ForEach(show);
            if (mine.All(replay => replay.State != Replay.Running))
            {
                return mine;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static List<Replay> Read(JsonElement answer) =>
        [.. JsonText.Items(answer, "partitions").Select(partition => new Replay(
            JsonText.Of(partition, "topic"),
            partition.GetProperty("partition").GetInt32(),
            partition.GetProperty("from").GetInt64(),
            partition.GetProperty("to").GetInt64(),
            partition.GetProperty("next").GetInt64(),
            JsonText.Of(partition, "state")))];

    private static ReadOnlyMemory<byte> Write(string topic, int? partition, long? offset, DateTimeOffset? from)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("topic"u8, topic);
        if (partition is { } number)
        {
            writer.WriteNumber("partition"u8, number);
        }

        if (offset is { } first)
        {
            writer.WriteNumber("offset"u8, first);
        }

        if (from is { } time)
        {
            writer.WriteString("from"u8, time);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Replay(string Topic, int Partition, long From, long To, long Next, string State)
    {
        public const string Running = "running";
        public const string Done = "done";
        public const string Interrupted = "interrupted";

        public double Percent => To == From ? 100 : 100.0 * (Next - From) / (To - From);
    }
}
