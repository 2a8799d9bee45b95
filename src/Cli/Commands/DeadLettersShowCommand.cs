using System.CommandLine;
using System.Globalization;
using System.Text;
using Levee.Cli.DeadLetters;

namespace Levee.Cli.Commands;

/// <summary><c>levee dead-letters show</c>.</summary>
internal static class DeadLettersShowCommand
{
    public static Command Create()
    {
        var id = new Argument<DeadLetterId[]>("id")
        {
            Description = "The letter, partition:offset as levee dead-letters list shows it.",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = DeadLetterId.Parse,
        };
        var servers = CommonOptions.BootstrapServers();
        var topic = DeadLetterOptions.Topic();
        var command = new Command("show", "Shows a dead letter whole: its headers, key and value.") { id, servers, topic };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (letter, isReplayed) = await Task.Run(
                () =>
                {
                    var letters = DeadLetterTopic.Open(parsed.GetRequiredValue(servers), parsed.GetRequiredValue(topic), cancellationToken);
                    var found = letters.Find(parsed.GetRequiredValue(id)[0], cancellationToken);
                    return (found, letters.IsReplayed(found.Id));
                },
                cancellationToken);
            await WriteAsync(parsed.InvocationConfiguration.Output, letter, isReplayed);
            return ExitCodes.Success;
        });
        return command;
    }

    // Plain lines, no table: a value must be whole, and can be copied from here.
    private static async Task WriteAsync(TextWriter output, DeadLetter letter, bool isReplayed)
    {
        await output.WriteLineAsync($"id: {letter.Id}");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"time: {letter.Time:O}"));
        await output.WriteLineAsync($"replayed: {(isReplayed ? "yes" : "no")}");
        foreach (var header in letter.Headers)
        {
            var text = header.GetValueBytes() is { } bytes ? Encoding.UTF8.GetString(bytes) : "(null)";
            await output.WriteLineAsync($"{DeadLetterText.Printable(header.Key)}: {DeadLetterText.Printable(text)}");
        }

        await output.WriteLineAsync($"key: {DeadLetterText.Whole(letter.Key)}");
        await output.WriteLineAsync("value:");
        await output.WriteLineAsync(DeadLetterText.Whole(letter.Value));
    }
}
