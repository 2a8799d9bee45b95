using System.CommandLine;
using Levee.Cli.Topics;
using Levee.Grains.Topics;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee topics apply</c>.</summary>
internal static class TopicsApplyCommand
{
    private const string KeysMove =
        "With more partitions a key may move to another one; its events are then ordered within each partition only.";

    public static Command Create()
    {
        var options = new TopicsOptions();
        var add = new Option<bool>("--add-partitions")
        {
            Description = $"Raise the number of partitions where there are fewer. {KeysMove}",
        };
        var dry = new Option<bool>("--dry-run") { Description = "Only say what would be done." };
        var command = new Command(
            "apply",
            "Creates the topics that Levee uses and that are missing, and alters settings that differ. Nothing is deleted, and the number " +
            "of partitions is never lowered. Exit code 0 when the topics are as they should be, else 1; 2 when no broker answers.")
        {
            add, dry,
        };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(options, parsed, parsed.GetValue(add), parsed.GetValue(dry), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(TopicsOptions options, ParseResult parsed, bool add, bool dry, CancellationToken cancellationToken)
    {
        var (servers, wanted) = (options.Servers(parsed), options.Wanted(parsed));
        using var admin = new TopicAdmin(servers);
        var cluster = await admin.ReadAsync(wanted, cancellationToken);
        var differences = TopicComparison.Of(wanted, cluster);
        var console = Screen.Of(parsed.InvocationConfiguration.Output);
        List<WantedTopic> missing = [.. With(TopicRemedy.Create).Select(d => d.Topic)];
        if (TopicReport.TooFewBrokers(missing.Select(topic => topic.ReplicationFactor), cluster) is { } sentence)
        {
            throw new CliException(sentence);
        }

        if (!dry)
        {
            await admin.CreateAsync(missing);
        }

        Say(missing.Select(TopicComparison.Describe).Zip(missing, (text, topic) => $"{topic.Name}: {text}"), "Created", "Would create");
        if (!dry)
        {
            await admin.AlterAsync(With(TopicRemedy.AlterConfig));
        }

        Say(With(TopicRemedy.AlterConfig).Select(d => $"{d.Topic.Name}: {d.Setting}={d.Wanted}, not {d.Actual}"), "Set", "Would set");
        if (add)
        {
            if (!dry)
            {
                await admin.AddPartitionsAsync([.. With(TopicRemedy.AddPartitions).Select(d => d.Topic)]);
            }

            Say(
                With(TopicRemedy.AddPartitions).Select(d => $"{d.Topic.Name}: from {d.Actual} to {d.Wanted}. {KeysMove}"),
                "Added partitions",
                "Would add partitions");
        }

        var rest = differences.Where(d => d.Remedy == TopicRemedy.None || (d.Remedy == TopicRemedy.AddPartitions && !add)).ToList();
        TopicReport.Write(console, servers, rest, cluster);
        if (rest.Count == 0)
        {
            console.WriteLine(dry && differences.Count > 0 ? "Nothing was done." : $"The {wanted.Count} topics are as they should be.");
        }
        else if (rest.Exists(d => d.Remedy == TopicRemedy.AddPartitions))
        {
            console.WriteLine($"Partitions are added with --add-partitions only. {KeysMove}");
        }

        return rest.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;

        List<TopicDifference> With(TopicRemedy remedy) => differences.FindAll(d => d.Remedy == remedy);

        void Say(IEnumerable<string> lines, string done, string wouldBeDone)
        {
            foreach (var line in lines)
            {
                console.WriteLine($"{(dry ? wouldBeDone : done)} {line}");
            }
        }
    }
}
