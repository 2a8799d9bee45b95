namespace Levee.Grains.Topics;

// "Levee": { "Kafka": { "Topics": { "Partitions": 12, "ReplicationFactor": 3, "RetentionDays": 7, "DeadLetterRetentionDays": 30,
//                                   "CompressionType": "zstd", "Config": { "min.insync.replicas": "2" } } } }

/// <summary>
/// What Levee's topics should be like, for <c>levee topics</c>; configuration section <c>Levee:Kafka:Topics</c>. Their names are in
/// <c>Levee:Kafka</c> and <c>Levee:Scoring</c>.
/// </summary>
public sealed class TopicOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Levee:Kafka:Topics";

    /// <summary>Partitions of each topic, 1 to 10,000. Defaults to 12.</summary>
    public int Partitions { get; set; } = 12;

    /// <summary>Brokers that keep each partition, 1 to 100. Defaults to 3.</summary>
    public int ReplicationFactor { get; set; } = 3;

    /// <summary>How long records are kept, in days, 1 to 36,500. Defaults to 7.</summary>
    public int RetentionDays { get; set; } = 7;

    /// <summary>How long dead letters are kept, in days, 1 to 36,500. Defaults to 30: somebody has to find the time to look at them.</summary>
    public int DeadLetterRetentionDays { get; set; } = 30;

    /// <summary>
    /// How records are stored: zstd, lz4, snappy, gzip, uncompressed, or producer for as they come. Defaults to zstd.
    /// </summary>
    public string CompressionType { get; set; } = "zstd";

    /// <summary>Further topic settings by their Kafka names, for every topic, such as min.insync.replicas.</summary>
    public Dictionary<string, string> Config { get; set; } = [];
}
