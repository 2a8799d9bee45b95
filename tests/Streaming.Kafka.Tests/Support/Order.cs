namespace Levee.Streaming.Kafka.Tests;

/// <summary>A test event. On the topic: "number,customer,shop,time" with the time in microseconds.</summary>
[GenerateSerializer, Immutable]
public sealed record Order(
    [property: Id(0)] int Number,
    [property: Id(1)] long Customer,
    [property: Id(2)] long Shop,
    [property: Id(3)] long TimeMicros,
    [property: Id(4)] KafkaPosition Position = default);
