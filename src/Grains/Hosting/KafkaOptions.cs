using System.ComponentModel.DataAnnotations;

namespace Levee.Grains.Hosting;

// "Levee": { "Kafka": { "BootstrapServers": "kafka:9092", "GroupId": "levee", "TransactionsTopic": "transactions",
//                       "LabelsTopic": "labels", "Client": { "security.protocol": "SASL_SSL" } } }

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

    /// <summary>Further librdkafka settings for every client, such as security.protocol, sasl.username or ssl.ca.location.</summary>
    public Dictionary<string, string> Client { get; set; } = [];
}
