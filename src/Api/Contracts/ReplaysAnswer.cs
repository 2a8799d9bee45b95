using System.Text.Json.Serialization;
using Levee.Grains;

namespace Levee.Api.Contracts;

/// <summary>The replays of the topic's partitions.</summary>
internal sealed record ReplaysAnswer([property: JsonPropertyName("partitions")] IReadOnlyList<ReplayPartitionAnswer> Partitions)
{
    public static ReplaysAnswer From(ReplayAnswer answer) => new([.. answer.Partitions.Select(ReplayPartitionAnswer.Of)]);
}
