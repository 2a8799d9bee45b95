namespace Levee.Grains;

/// <summary>What to replay.</summary>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Partition">Only this partition, from 0; null for all.</param>
/// <param name="Offset">The first offset; null when a time is given.</param>
/// <param name="FromMicros">The Kafka timestamp to begin at, microseconds since the Unix epoch; null when an offset is given.</param>
[GenerateSerializer, Immutable, Alias("levee.ReplayRequest")]
public sealed record ReplayRequest(
    [property: Id(0)] string Topic,
    [property: Id(1)] int? Partition,
    [property: Id(2)] long? Offset,
    [property: Id(3)] long? FromMicros);
