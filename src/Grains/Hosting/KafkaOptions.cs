using System.ComponentModel.DataAnnotations;
using Levee.Streaming.Kafka;

namespace Levee.Grains.Hosting;

// "Levee": { "Kafka": { "BootstrapServers": "kafka:9092", "GroupId": "levee", "TransactionsTopic": "transactions",
//                       "LabelsTopic": "labels", "TruncatedLog": "Block", "MaxPartitionRecords": 8192,
//                       "Client": { "security.protocol": "SASL_SSL" } } }

/// <summary>Where the transactions come from; configuration section <c>Levee:Kafka</c>.</summary>
public sealed class KafkaOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Levee:Kafka";

    /// <summary>Bootstrap servers, comma separated. Empty means the embedded broker.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>Consumer group that the silos share. Defaults to "levee".</summary>
    [Required]
    public string GroupId { get; set; } = "levee";

    /// <summary>Topic of the transactions; its dead letters go to the topic of this name with ".dead-letter". Defaults to "transactions".</summary>
    [Required]
    public string TransactionsTopic { get; set; } = "transactions";

    /// <summary>Topic of the labels. Defaults to "labels".</summary>
    [Required]
    public string LabelsTopic { get; set; } = "labels";

    /// <summary>
    /// Names the log for the epochs, for brokers that have no stable cluster id. Empty means the cluster id that the broker reports.
    /// </summary>
    public string SourceId { get; set; } = "";

    /// <summary>
    /// How long the group waits for a member that went silent, in seconds, 1 to 300; a killed silo's partitions move after it.
    /// Defaults to 6.
    /// </summary>
    [Range(1, 300)]
    public int SessionTimeoutSeconds { get; set; } = 6;

    /// <summary>
    /// What happens when the log has lost transactions that were not read: "Block", or "GoOn" to read what is left of it. Defaults to Block:
    /// restart a silo with GoOn to say so.
    /// </summary>
    [EnumDataType(typeof(TruncatedLogPolicy))]
    public TruncatedLogPolicy TruncatedLog { get; set; } = TruncatedLogPolicy.Block;

    /// <summary>
    /// Records of a partition that may be received and not complete, 16 to 1,048,576. At this many it is not read until half of them are done.
    /// Defaults to 8,192.
    /// </summary>
    [Range(16, 1 << 20)]
    public int MaxPartitionRecords { get; set; } = 8_192;

    /// <summary>
    /// How many records a partition is read beyond its oldest incomplete one, 32 bytes each, at least MaxPartitionRecords, to 16,777,216: how
    /// far the others go on while one customer's grain fails. Defaults to 1,048,576.
    /// </summary>
    [Range(16, 1 << 24)]
    public int MaxPartitionSpan { get; set; } = 1 << 20;

    /// <summary>Further librdkafka settings for every client, such as security.protocol, sasl.username or ssl.ca.location.</summary>
    public Dictionary<string, string> Client { get; set; } = [];
}
