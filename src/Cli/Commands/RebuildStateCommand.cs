using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Levee.Storage;
using Npgsql;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee rebuild-state</c>.</summary>
internal static class RebuildStateCommand
{
    public static Command Create()
    {
        var database = new DatabaseChoice();
        var topic = new Option<string>("--topic") { Description = "Topic of the transactions.", DefaultValueFactory = _ => "transactions" };
        var apply = new Option<bool>("--apply") { Description = "Replaces the states that differ, while traffic flows." };
        var customers = Keys("--customers", "Only these customers, ids separated by commas; no merchants unless --merchants names some.");
        var merchants = Keys("--merchants", "Only these merchants, ids separated by commas; no customers unless --customers names some.");
        var command = new Command(
            "rebuild-state",
            "Makes every customer's and merchant's state anew from the tables transactions and labels, and reports each difference from the " +
            "live one. Exit code 1 when there are differences that were not applied.")
        {
            topic, apply, customers, merchants,
        };
        database.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // An option that was not given has an empty value, which is not the same as none.
            var ofCustomers = parsed.GetResult(customers) is { Implicit: false } ? parsed.GetValue(customers) : null;
            var ofMerchants = parsed.GetResult(merchants) is { Implicit: false } ? parsed.GetValue(merchants) : null;
            var isPart = ofCustomers is not null || ofMerchants is not null;
            var request = new RebuildRequest
            {
                Customers = isPart ? ofCustomers ?? [] : null,
                Merchants = isPart ? ofMerchants ?? [] : null,
                Apply = parsed.GetValue(apply),
                Topic = parsed.GetRequiredValue(topic),
            };
            await using var source = database.Open(parsed);
            return await RunAsync(source, request, parsed.InvocationConfiguration.Output, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        NpgsqlDataSource source, RebuildRequest request, TextWriter output, CancellationToken cancellationToken)
    {
        var console = Screen.Of(output);
        var total = 2 * await new TransactionReader(source).CountAsync(cancellationToken);
        var rebuilder = new StateRebuilder(source, TimeProvider.System);
        RebuildProgress result = default;
        if (Screen.IsInteractive(output))
        {
            await console.Progress().StartAsync(async context =>
            {
                var task = context.AddTask("transactions folded", maxValue: Math.Max(1, total));
                result = await rebuilder.RunAsync(request, Show, progress => task.Value = progress.Transactions, cancellationToken);
                task.Value = task.MaxValue;
            });
        }
        else
        {
            result = await rebuilder.RunAsync(request, Show, null, cancellationToken);
        }

        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Keys} states from {result.Transactions} transactions: {result.Different} differ, {result.Applied} replaced, " +
            $"{result.Unsettled} undecided."));
        return result.Different == result.Applied && result.Unsettled == 0 ? ExitCodes.Success : ExitCodes.Failure;

        void Show(StateDifference difference) => console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(difference.Kind == GrainKind.Customer ? "customer" : "merchant")} {difference.Key}: {difference.Field}: " +
            $"live {difference.Live}, rebuilt {difference.Rebuilt}"));
    }

    private static Option<long[]?> Keys(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "ids",
        CustomParser = result => ParseKeys(result, name),
    };

    private static long[]? ParseKeys(ArgumentResult result, string name)
    {
        var keys = new List<long>();
        foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var key) || key == 0)
            {
                result.AddError($"{name} expects positive ids separated by commas, not '{text}'.");
                return null;
            }

            keys.Add(key);
        }

        return [.. keys];
    }
}
