using System.CommandLine;
using System.Globalization;
using Levee.Storage;

namespace Levee.Cli.Commands;

/// <summary><c>levee keys create</c>, <c>list</c>, <c>revoke</c> and <c>rotate</c>: who may ask the API.</summary>
internal static class KeysCommand
{
    private static readonly string RoleList = string.Join(", ", ApiKeyText.Roles);

    private static TimeProvider Time => TimeProvider.System;

    public static Command CreateCreate()
    {
        var database = new DatabaseChoice();
        var name = Name("Whose key it is, such as checkout: letters, digits, dots, dashes and underscores.");
        var roles = new Option<string[]>("--roles")
        {
            Description = $"What it may do: {RoleList}; comma separated.",
            HelpName = "roles",
            Required = true,
            CustomParser = result =>
            {
                var given = string.Join(',', result.Tokens.Select(token => token.Value))
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
                if (given.Length == 0 || given.Except(ApiKeyText.Roles).Any())
                {
                    result.AddError($"--roles expects one or more of {RoleList}, comma separated.");
                }

                return given;
            },
        };
        var expires = Expires("It is refused after this time, such as 90d. Without it, it never expires.");
        var command = new Command("create", "Makes a key and shows it, this once: only its hash is stored. Silos know it within seconds.")
        {
            name, roles, expires, database.Connection, database.Data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = database.Open(parsed);
            var (who, now) = (parsed.GetRequiredValue(name), Time.GetUtcNow());
            var key = await new ApiKeyStore(source).CreateAsync(
                who, parsed.GetRequiredValue(roles), now, now + parsed.GetValue(expires), cancellationToken)
                ?? throw new CliException($"{who} has a key already: rotate or revoke it, or choose another name.");
            await parsed.InvocationConfiguration.Output.WriteLineAsync(key);
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command CreateList()
    {
        var database = new DatabaseChoice();
        var limit = CommonOptions.Number("--limit", "Most keys.", 1, 100_000, 1_000);
        var command = new Command("list", "Lists the keys, newest first, without the keys themselves.")
        {
            limit, database.Connection, database.Data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = database.Open(parsed);
            var now = Time.GetUtcNow();
            var table = Screen.NewTable("Name", "Roles", "Status", "Created", "Expires");
            foreach (var key in await new ApiKeyStore(source).ListAsync(parsed.GetValue(limit), cancellationToken))
            {
                var expires = key.ExpiresAt is { } end ? Text(end) : "never";
                table.Add(key.Name, string.Join(", ", key.Roles), Status(key, now), Text(key.CreatedAt), expires);
            }

            Screen.Of(parsed.InvocationConfiguration.Output).Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command CreateRevoke()
    {
        var database = new DatabaseChoice();
        var name = Name("Whose keys are refused from now on, those in the grace of a rotation too.");
        var command = new Command("revoke", "Refuses a name's keys. It holds everywhere within seconds.")
        {
            name, database.Connection, database.Data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = database.Open(parsed);
            var who = parsed.GetRequiredValue(name);
            var revoked = await new ApiKeyStore(source).RevokeAsync(who, Time.GetUtcNow(), cancellationToken);
            if (revoked == 0)
            {
                throw new CliException($"{who} has no key that could be revoked.");
            }

            var what = revoked == 1 ? "one key is" : $"{revoked} keys are";
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{who}: {what} revoked.");
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command CreateRotate()
    {
        var database = new DatabaseChoice();
        var name = Name("Whose key is replaced.");
        var grace = new Option<TimeSpan?>("--grace")
        {
            Description = "How long the old key still works, such as 30m. Defaults to 24h.",
            HelpName = "time",
            DefaultValueFactory = _ => TimeSpan.FromHours(24),
            CustomParser = CommonOptions.ParseDuration,
        };
        var expires = Expires("The new key is refused after this time. Without it, it lives as long as the old one was given.");
        var command = new Command("rotate", "Makes another key of the same name and roles and shows it, this once.")
        {
            name, grace, expires, database.Connection, database.Data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = database.Open(parsed);
            var (who, now) = (parsed.GetRequiredValue(name), Time.GetUtcNow());
            var key = await new ApiKeyStore(source).RotateAsync(
                who, now, parsed.GetValue(grace) ?? TimeSpan.Zero, now + parsed.GetValue(expires), cancellationToken)
                ?? throw new CliException($"{who} has no key to rotate.");
            await parsed.InvocationConfiguration.Output.WriteLineAsync(key);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Argument<string> Name(string description)
    {
        var name = new Argument<string>("name") { Description = description, HelpName = "name" };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !ApiKeyText.IsName(token.Value))
            {
                result.AddError($"'{token.Value}' is not a name: up to 64 letters, digits, dots, dashes and underscores.");
            }
        });
        return name;
    }

    private static Option<TimeSpan?> Expires(string description) => new("--expires")
    {
        Description = description,
        HelpName = "time",
        CustomParser = CommonOptions.ParseDuration,
    };

    private static string Status(ApiKeyRow key, DateTimeOffset now) =>
        key.RevokedAt is not null ? "revoked"
        : key.ExpiresAt <= now ? "expired"
        : key.ReplacedAt is not null ? "replaced, still works"
        : "works";

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
