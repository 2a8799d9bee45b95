using System.CommandLine;
using Levee.Cli.DeadLetters;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee dead-letters replay</c>.</summary>
internal static class DeadLettersReplayCommand
{
    public static Command Create()
    {
        var ids = new Argument<DeadLetterId[]>("ids")
        {
            Description = "Letters, partition:offset as levee dead-letters list shows them.",
            Arity = ArgumentArity.ZeroOrMore,
            CustomParser = DeadLetterId.Parse,
            DefaultValueFactory = _ => [],
        };
        var servers = CommonOptions.BootstrapServers();
        var topic = DeadLetterOptions.Topic();
        var filter = new DeadLetterFilter();
        var all = new Option<bool>("--all") { Description = "All letters of the topic." };
        var again = new Option<bool>("--again") { Description = "Also letters that have been replayed already." };
        var dry = new Option<bool>("--dry-run") { Description = "Only say what would be replayed." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        var command = new Command(
            "replay",
            "Produces dead letters once more to the topics that they came from, with the same key, value and timestamp, when what was wrong " +
            "has been mended. A letter is replayed once. One that is still unusable becomes a new dead letter that names this one.")
        {
            ids, servers, topic, all, again, dry, yes,
        };
        filter.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var wanted = parsed.GetRequiredValue(ids).ToHashSet();
            if (wanted.Count == 0 && !parsed.GetValue(all) && !filter.IsGiven(parsed))
            {
                throw new CliException("Say which letters: their ids, --reason, --since, or --all.") { Code = ExitCodes.Usage };
            }

            var predicate = filter.Predicate(parsed);
            return RunAsync(
                parsed.GetRequiredValue(servers),
                parsed.GetRequiredValue(topic),
                new Selection(wanted, predicate, parsed.GetValue(again)),
                new Manner(parsed.GetValue(dry), parsed.GetValue(yes)),
                parsed.InvocationConfiguration.Output,
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        string servers, string topic, Selection selection, Manner manner, TextWriter output, CancellationToken cancellationToken)
    {
        var letters = await Task.Run(() => DeadLetterTopic.Open(servers, topic, cancellationToken), cancellationToken);
        var plan = await Task.Run(
            () => ReplayPlan.Make(letters, selection.Ids, selection.IsWanted, selection.Again, cancellationToken), cancellationToken);
        var console = Screen.Of(output);
        console.WriteLine(plan.Describe());
        using var replay = await Task.Run(() => new DeadLetterReplay(servers, topic), cancellationToken);
        if (plan.Origins.Keys.FirstOrDefault(origin => !replay.HasTopic(origin)) is { } missing)
        {
            throw new CliException($"There is no topic {missing} at {servers}, where letters came from.");
        }

        if (plan.Count == 0 || manner.IsDry)
        {
            return ExitCodes.Success;
        }

        if (!manner.IsAgreed && !await ConfirmAsync(console, output, cancellationToken))
        {
            console.WriteLine("Nothing was replayed.");
            return ExitCodes.Success;
        }

        var chosen = letters.Letters(cancellationToken).Where(plan.Includes);
        await ShowAsync(
            console, plan.Count, progress => Task.Run(() => replay.RunAsync(chosen, progress, cancellationToken), CancellationToken.None));
        console.WriteLine($"Replayed {replay.Replayed}.");
        return ExitCodes.Success;
    }

    private static Task<bool> ConfirmAsync(IAnsiConsole console, TextWriter output, CancellationToken cancellationToken) =>
        Screen.IsInteractive(output) && !Console.IsInputRedirected
            ? new ConfirmationPrompt("Replay them?") { DefaultValue = false }.ShowAsync(console, cancellationToken)
            : throw new CliException("Nothing was replayed: nobody is here to ask, so say --yes.") { Code = ExitCodes.Usage };

    private static Task ShowAsync(IAnsiConsole console, int count, Func<Action<int>, Task> run) => console.Profile.Capabilities.Interactive
        ? console.Progress().StartAsync(context =>
        {
            var bar = context.AddTask("Replaying", maxValue: count);
            return run(done => bar.Increment(done));
        })
        : run(_ => { });

    private sealed record Selection(HashSet<DeadLetterId> Ids, Func<DeadLetter, bool> IsWanted, bool Again);

    private sealed record Manner(bool IsDry, bool IsAgreed);
}
