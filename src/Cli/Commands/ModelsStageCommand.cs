using System.Buffers;
using System.CommandLine;
using System.Text.Json;
using Levee.Cli.Http;

namespace Levee.Cli.Commands;

/// <summary><c>levee models promote</c>, <c>rollback</c> and <c>archive</c>.</summary>
internal static class ModelsStageCommand
{
    public static Command CreatePromote() => Create(
        "promote", "Makes a version the one in production; the one before is archived. Every silo serves it within a second.", "is in production");

    public static Command CreateRollback() => Create(
        "rollback", "Brings back what was in production before this version, which must be in production now.", "is back in production");

    public static Command CreateArchive() => Create("archive", "Takes a version out of use; not the one in production.", "is archived");

    private static Command Create(string verb, string description, string done)
    {
        var url = CommonOptions.Url();
        var version = new Argument<string>("version") { Description = "Such as v3.", HelpName = "version" };
        version.Validators.Add(result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (!text.StartsWith('v') || !text.AsSpan(1).ContainsAnyInRange('0', '9') || text.AsSpan(1).ContainsAnyExceptInRange('0', '9'))
            {
                result.AddError($"'{text}' is not a version such as v3.");
            }
        });
        var why = new Option<string?>("--why") { Description = "The reason, for the history.", HelpName = "text" };
        var who = new Option<string>("--who")
        {
            Description = "Who wants it, for the history. Defaults to the user of this terminal.",
            HelpName = "name",
            DefaultValueFactory = _ => Environment.UserName,
        };
        var command = new Command(verb, description) { version, why, who, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = new LeveeApi(parsed.GetRequiredValue(url));
            var answer = await api.PostAsync(
                $"models/{parsed.GetRequiredValue(version)}/{verb}", Write(parsed.GetValue(why), parsed.GetRequiredValue(who)), cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{JsonText.Of(answer, "version")} {done}.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static ReadOnlyMemory<byte> Write(string? why, string who)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        if (!string.IsNullOrEmpty(why))
        {
            writer.WriteString("reason"u8, why);
        }

        writer.WriteString("who"u8, who);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
