using System.CommandLine;
using System.Text;
using Confluent.Kafka;
using Levee.Streaming.Kafka;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee dead-letters list</c>.</summary>
internal static class DeadLettersListCommand
{
    private const int ExcerptLength = 80;

    public static Command Create()
    {
        var servers = CommonOptions.BootstrapServers();
        var topic = new Option<string>("--topic") { Description = "The dead-letter topic.", DefaultValueFactory = _ => "transactions.dead-letter" };
        var max = CommonOptions.Number("--max", "Dead letters to show, at most.", 1, 1_000_000, 1_000);
        var command = new Command("list", "Lists the records that could not be used: where they came from, why, and what they hold.")
        {
            servers, topic, max,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var letters = await Task.Run(
                () => TopicReader.ReadAll(
                    parsed.GetRequiredValue(servers), parsed.GetRequiredValue(topic), parsed.GetValue(max), cancellationToken),
                cancellationToken);
            Write(Screen.Of(parsed.InvocationConfiguration.Output), letters);
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, TopicContent content)
    {
        if (content.Records.Count == 0)
        {
            console.WriteLine("There are no dead letters.");
            return;
        }

        var table = Screen.NewTable("Origin", "Reason", "Field", "Payload");
        foreach (var record in content.Records)
        {
            var origin = $"{Header(record, KafkaDeadLetterHeaders.Topic)}/{Header(record, KafkaDeadLetterHeaders.Partition)}" +
                $"@{Header(record, KafkaDeadLetterHeaders.Offset)}";
            table.Add(origin, Header(record, KafkaDeadLetterHeaders.Reason), Header(record, KafkaDeadLetterHeaders.Field), Excerpt(record.Message.Value));
        }

        console.Write(table);
        console.WriteLine(content.IsComplete ? $"{content.Records.Count} in all." : $"The first {content.Records.Count}; --max shows more.");
    }

    private static string Header(ConsumeResult<byte[]?, byte[]?> record, string name) =>
        record.Message.Headers is { } headers && headers.TryGetLastBytes(name, out var bytes) && bytes is not null
            ? Encoding.UTF8.GetString(bytes)
            : Http.JsonText.Missing;

    /// <summary>The beginning of a payload on one line, with dots for what cannot be printed.</summary>
    internal static string Excerpt(byte[]? payload)
    {
        var text = Encoding.UTF8.GetString(payload.AsSpan(0, Math.Min(payload?.Length ?? 0, 4 * ExcerptLength)));
        var line = string.Concat(text.Take(ExcerptLength).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '.' : c));
        return payload is null ? "(null)" : text.Length > ExcerptLength ? line + "..." : line;
    }
}
