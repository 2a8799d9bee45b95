using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Levee.Cli.DeadLetters;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee dead-letters list</c>.</summary>
internal static class DeadLettersListCommand
{
    public static Command Create()
    {
        var servers = CommonOptions.BootstrapServers();
        var topic = DeadLetterOptions.Topic();
        var filter = new DeadLetterFilter();
        var pending = new Option<bool>("--pending") { Description = "Only letters that have not been replayed." };
        var max = CommonOptions.Number("--max", "Dead letters to show, at most: the newest.", 1, 1_000_000, 1_000);
        var json = new Option<bool>("--json") { Description = "Write a line of JSON a letter instead of a table." };
        var command = new Command("list", "Lists the records that could not be used: where they came from, why, and what they hold.")
        {
            servers, topic, pending, max, json,
        };
        filter.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (predicate, onlyPending) = (filter.Predicate(parsed), parsed.GetValue(pending));
            var letters = await Task.Run(
                () => DeadLetterTopic.Open(parsed.GetRequiredValue(servers), parsed.GetRequiredValue(topic), cancellationToken), cancellationToken);
            var (newest, count) = await Task.Run(
                () => Newest(
                    letters.Letters(cancellationToken).Where(l => predicate(l) && !(onlyPending && letters.IsReplayed(l.Id))), parsed.GetValue(max)),
                cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                newest.ForEach(letter => output.WriteLine(Json(letter, letters.IsReplayed(letter.Id))));
            }
            else
            {
                Write(Screen.Of(output), letters, newest, count);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    // Keeps no more than asked for, however many there are.
    private static (List<DeadLetter> Letters, int Count) Newest(IEnumerable<DeadLetter> letters, int max)
    {
        var newest = new PriorityQueue<DeadLetter, (DateTimeOffset, int, long)>();
        var count = 0;
        foreach (var letter in letters)
        {
            count++;
            newest.Enqueue(letter, (letter.Time, letter.Id.Partition, letter.Id.Offset));
            if (newest.Count > max)
            {
                newest.Dequeue();
            }
        }

        return ([.. newest.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)], count);
    }

    private static void Write(IAnsiConsole console, DeadLetterTopic topic, List<DeadLetter> letters, int count)
    {
        if (count == 0)
        {
            console.WriteLine("There are no dead letters.");
            return;
        }

        var table = Screen.NewTable("Id", "Time", "Origin", "Reason", "Field", "Payload", "Replayed");
        foreach (var letter in letters)
        {
            table.Add(
                letter.Id.ToString(),
                letter.Time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                DeadLetterText.Printable(letter.Origin),
                DeadLetterText.Printable(letter.Reason ?? Http.JsonText.Missing),
                DeadLetterText.Printable(letter.Field ?? Http.JsonText.Missing),
                DeadLetterText.Excerpt(letter.Value),
                topic.IsReplayed(letter.Id) ? "yes" : Http.JsonText.Missing);
        }

        console.Write(table);
        console.WriteLine(letters.Count == count ? $"{count} in all." : $"The newest {letters.Count} of {count}; --max shows more.");
    }

    private static string Json(DeadLetter letter, bool isReplayed)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("id", letter.Id.ToString());
            writer.WriteString("time", letter.Time);
            writer.WriteString("origin", letter.Origin);
            writer.WriteString("reason", letter.Reason);
            writer.WriteString("field", letter.Field);
            WriteBytes("key", letter.Key);
            WriteBytes("value", letter.Value);
            writer.WriteString("replayed_from", letter.ReplayedFrom);
            writer.WriteBoolean("replayed", isReplayed);
            writer.WriteEndObject();

            void WriteBytes(string name, byte[]? bytes)
            {
                if (bytes is not null && DeadLetterText.Text(bytes) is null)
                {
                    writer.WriteBase64String($"{name}_base64", bytes);
                }
                else
                {
                    writer.WriteString(name, bytes is null ? null : DeadLetterText.Text(bytes));
                }
            }
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
