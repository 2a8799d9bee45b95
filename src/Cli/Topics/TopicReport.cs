using Spectre.Console;

namespace Levee.Cli.Topics;

/// <summary>Shows differences of topics.</summary>
internal static class TopicReport
{
    /// <summary>Writes a table of the differences, and what cannot be compared or mended here.</summary>
    public static void Write(IAnsiConsole console, string servers, IReadOnlyCollection<TopicDifference> differences, ClusterState cluster)
    {
        if (differences.Count > 0)
        {
            var table = Screen.NewTable("Topic", "Setting", "Wanted", "Has", "Mended by");
            foreach (var difference in differences)
            {
                table.Add(difference.Topic.Name, difference.Setting, difference.Wanted, difference.Actual, Mend(difference));
            }

            console.Write(table);
        }

        if (!cluster.TellsConfig)
        {
            console.WriteLine(
                $"The brokers at {servers} do not tell the settings of topics (an embedded broker does not): only partitions and replicas were compared.");
        }

        if (TooFewBrokers(differences.Select(difference => difference.Topic.ReplicationFactor), cluster) is { } sentence)
        {
            console.WriteLine(sentence);
        }
    }

    /// <summary>One sentence when the cluster cannot hold that many replicas, else null.</summary>
    public static string? TooFewBrokers(IEnumerable<int> replicas, ClusterState cluster) =>
        replicas.DefaultIfEmpty(0).Max() is var most && most > cluster.Brokers
            ? FormattableString.Invariant($"The cluster has {cluster.Brokers} of the {most} brokers that {most} replicas need: ") +
                "add brokers, or ask for fewer replicas with --replication or Levee:Kafka:Topics:ReplicationFactor."
            : null;

    private static string Mend(TopicDifference difference) => difference.Remedy switch
    {
        TopicRemedy.Create or TopicRemedy.AlterConfig => "levee topics apply",
        TopicRemedy.AddPartitions => "levee topics apply --add-partitions",
        _ => difference.Setting == "partitions" ? "nothing: Kafka never lowers it" : "Kafka's kafka-reassign-partitions",
    };
}
