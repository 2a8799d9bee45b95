using System.CommandLine;
using Levee.Grains.Hosting;
using Levee.Grains.Topics;

namespace Levee.Cli.DeadLetters;

/// <summary>Options of all commands on dead letters.</summary>
internal static class DeadLetterOptions
{
    public static Option<string> Topic() => new("--topic")
    {
        Description = "The dead-letter topic; that of the transactions when absent.",
        DefaultValueFactory = _ =>
            LeveeTopics.DeadLettersOf(CliConfiguration.Load().Section<KafkaOptions>(KafkaOptions.Section).TransactionsTopic),
    };
}
