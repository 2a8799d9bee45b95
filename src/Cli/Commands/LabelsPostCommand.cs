using System.Buffers;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Levee.Cli.Http;

namespace Levee.Cli.Commands;

/// <summary><c>levee labels post</c>.</summary>
internal static class LabelsPostCommand
{
    public static Command Create()
    {
        var url = CommonOptions.Url();
        var transaction = new Option<Guid>("--transaction", "-t") { Description = "The transaction's id.", HelpName = "uuid", Required = true };

        // Not a plain bool: that one would be false when absent, required or not.
        var fraud = new Option<bool?>("--fraud")
        {
            Description = "Whether it was fraud: --fraud, or --fraud false.",
            HelpName = "true|false",
            Arity = ArgumentArity.ZeroOrOne,
            Required = true,
            CustomParser = ReadFlag,
        };
        var observed = new Option<DateTimeOffset?>("--observed-at")
        {
            Description = "When that became known; now when absent.",
            HelpName = "time",
            CustomParser = CommonOptions.ParseTime,
        };
        var source = new Option<string>("--source") { Description = "Who says so.", DefaultValueFactory = _ => "cli" };
        var command = new Command("post", "Tells Levee whether a transaction was fraud.") { url, transaction, fraud, observed, source };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = new LeveeApi(parsed.GetRequiredValue(url));
            var body = Write(parsed.GetValue(transaction), parsed.GetValue(fraud) == true, parsed.GetValue(observed), parsed.GetRequiredValue(source));
            var answer = await api.PostAsync("labels", body, cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(
                JsonText.Of(answer, "new") == "0" ? "The label was known already." : "The label is stored.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static bool? ReadFlag(ArgumentResult result)
    {
        if (result.Tokens.Count == 0)
        {
            return true;
        }

        if (bool.TryParse(result.Tokens[0].Value, out var flag))
        {
            return flag;
        }

        result.AddError($"'{result.Tokens[0].Value}' is neither true nor false.");
        return null;
    }

    private static ReadOnlyMemory<byte> Write(Guid transaction, bool fraud, DateTimeOffset? observed, string source)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("transaction_id"u8, transaction);
        writer.WriteNumber("is_fraud"u8, fraud ? 1 : 0);
        if (observed is { } time)
        {
            writer.WriteString("observed_at"u8, time);
        }

        writer.WriteString("source"u8, source);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
