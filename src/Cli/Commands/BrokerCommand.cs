using System.CommandLine;
using Levee.Embedded;
using Levee.Grains.Hosting;
using Levee.Grains.Scoring;
using Levee.Grains.Topics;

namespace Levee.Cli.Commands;

/// <summary><c>levee broker</c>.</summary>
internal static class BrokerCommand
{
    public static Command Create()
    {
        var topics = new Option<TopicDefinition[]>("--topic")
        {
            Description = "A topic to create, as name:partitions; may be given several times. Levee's own topics when absent.",
            HelpName = "name:partitions",
            Arity = ArgumentArity.OneOrMore,
            DefaultValueFactory = _ => [.. DefaultTopics()],
            CustomParser = TopicDefinition.Parse,
        };
        var brokers = CommonOptions.Number("--brokers", "Number of brokers.", 1, 10, 1);
        var file = new Option<string?>("--port-file")
        {
            Description = "A file that takes the bootstrap servers once the broker is ready, and is removed at the end.",
            HelpName = "file",
        };
        var command = new Command(
            "broker",
            "Hosts the embedded Kafka broker in this process, so that several silos can share it. The first line of the output is what to " +
            "connect to. Everything is in memory and gone at the end, which is Ctrl+C or SIGTERM.")
        {
            topics, brokers, file,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(topics), parsed.GetValue(brokers), parsed.GetValue(file), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        TopicDefinition[] topics, int brokers, string? file, TextWriter output, CancellationToken cancellationToken)
    {
        using var kafka = EmbeddedKafka.Start(new EmbeddedKafkaOptions { Brokers = brokers });
        foreach (var topic in topics)
        {
            kafka.CreateTopic(topic.Name, topic.Partitions);
        }

        if (file is not null)
        {
            WriteWhole(file, kafka.BootstrapServers);
        }

        try
        {
            await output.WriteLineAsync(kafka.BootstrapServers);
            await output.FlushAsync(CancellationToken.None);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
        finally
        {
            if (file is not null)
            {
                File.Delete(file);
            }
        }

        return ExitCodes.Success;
    }

    private static IEnumerable<TopicDefinition> DefaultTopics()
    {
        var configuration = CliConfiguration.Load();
        return LeveeTopics.Of(
            configuration.Section<KafkaOptions>(KafkaOptions.Section),
            configuration.Section<ScoringOptions>(ScoringOptions.Section),
            configuration.Section<TopicOptions>(TopicOptions.Section)).Select(topic => new TopicDefinition(topic.Name, topic.Partitions));
    }

    // Whoever waits for the file never reads half of it.
    private static void WriteWhole(string file, string text)
    {
        var temporary = $"{file}.{Environment.ProcessId}.tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, file, overwrite: true);
    }
}
