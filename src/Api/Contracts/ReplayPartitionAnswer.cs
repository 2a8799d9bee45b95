using System.ComponentModel;
using System.Text.Json.Serialization;
using Levee.Grains;

namespace Levee.Api.Contracts;

/// <summary>The replay of one partition.</summary>
internal sealed record ReplayPartitionAnswer(
    [property: JsonPropertyName("topic")] string Topic,
    [property: JsonPropertyName("partition")] int Partition,
    [property: JsonPropertyName("from"), Description("The first offset delivered once more.")] long From,
    [property: JsonPropertyName("to"), Description("Where the replay ends; equal to from when there is nothing to deliver.")] long To,
    [property: JsonPropertyName("next"), Description("Everything before it has been delivered once more.")] long Next,
    [property: JsonPropertyName("state"), Description("running, done or interrupted.")] string State)
{
    public static ReplayPartitionAnswer Of(ReplayPartition partition) => new(
        partition.Topic, partition.Partition, partition.From, partition.To, partition.Next, partition.State);
}
