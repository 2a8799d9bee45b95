using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Options of a Kafka stream provider. As JSON, each property under its own name:
/// <code>
/// { "BootstrapServers": "kafka:9092", "GroupId": "my-service", "Topics": [ { "Name": "orders" } ], "CommitInterval": "00:00:01",
///   "Namespaces": [ { "Namespace": "customers", "Topic": "orders", "Partitioning": "Murmur2" } ], "FailurePolicy": "DeadLetter",
///   "WatermarkDelay": "00:00:10", "MaxPartitionRecords": 8192, "ClientProperties": { "security.protocol": "SASL_SSL" } }
/// </code>
/// Adapters and writers are set in code: <see cref="AddTopic{TAdapter}"/> and <see cref="AddNamespace{TWriter}"/> keep what the configuration
/// said of a topic or namespace of that name.
/// </summary>
public sealed class KafkaStreamOptions
{
    /// <summary>Brokers to start from, "host:port" separated by commas. Required.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>The consumer group, whose assignment decides which silo reads which partition. Required.</summary>
    public string GroupId { get; set; } = "";

    /// <summary>Topics to read. At least one; each must exist when the silo starts.</summary>
    public IList<KafkaTopicOptions> Topics { get; } = [];

    /// <summary>
    /// Where what is produced through streams goes, by the streams' namespace; none by default. Writers are set in code, with
    /// <see cref="AddNamespace{TWriter}"/>.
    /// </summary>
    public IList<KafkaNamespaceOptions> Namespaces { get; } = [];

    /// <summary>
    /// Records that may be on their way to the broker. Whoever produces more waits until one of them is delivered. 1 to 100,000;
    /// defaults to 10,000.
    /// </summary>
    public int MaxProducing { get; set; } = 10_000;

    /// <summary>
    /// Names the log when the cluster's own id cannot: give a broker that forgets everything at a restart a fresh id at each start. All
    /// silos must use the same. Defaults to null: the cluster id and the topic id, as the broker tells them.
    /// </summary>
    public string? SourceId { get; set; }

    /// <summary>Ending of a dead-letter topic's name. Defaults to ".dead-letter".</summary>
    public string DeadLetterSuffix { get; set; } = ".dead-letter";

    /// <summary>How far the watermark stays behind the newest event time. Zero or more; defaults to 10 seconds.</summary>
    public TimeSpan WatermarkDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After this long without records, with all of them complete and the log read to its end, the watermark follows the clock.
    /// More than zero; defaults to 10 seconds.
    /// </summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often checkpoints are stored and offsets committed. 10 ms to 1 minute; defaults to 1 second.</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>After this long without a heartbeat the group gives a silo's partitions to others. 1 s to 5 minutes; defaults to 6 s.</summary>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>How long a revoked partition may wait for deliveries under way. Zero to 1 minute; defaults to 10 seconds.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Records of a partition that may be received and not complete. At this many the partition is paused, at half of it resumed.
    /// 16 to 1,048,576; defaults to 8,192.
    /// </summary>
    public int MaxPartitionRecords { get; set; } = 8_192;

    /// <summary>
    /// How many records a partition may be read beyond its oldest incomplete one, 32 bytes each. While the grain of one stream fails again and
    /// again the others go on, so far; then the partition is paused. They are delivered again when the silo stops meanwhile. At least
    /// MaxPartitionRecords, at most 16,777,216; defaults to 1,048,576.
    /// </summary>
    public int MaxPartitionSpan { get; set; } = 1 << 20;

    /// <summary>Most events of one stream in one grain call. 1 to 65,536; defaults to 256.</summary>
    public int MaxBatch { get; set; } = 256;

    /// <summary>Wait before a failed delivery is tried again; doubles with each failure. More than zero; defaults to 100 ms.</summary>
    public TimeSpan RedeliveryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait before a failed delivery is tried again. At least RedeliveryDelay; defaults to 10 seconds.</summary>
    public TimeSpan MaxRedeliveryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What becomes of an event that a grain fails on again and again. Choose DeadLetter only for grains whose failures are the event's
    /// fault: an outage of what they depend on, if it outlasts the attempts, fills the dead-letter topic. Defaults to
    /// <see cref="DeliveryFailurePolicy.Block"/>.
    /// </summary>
    public DeliveryFailurePolicy FailurePolicy { get; set; } = DeliveryFailurePolicy.Block;

    /// <summary>
    /// With <see cref="DeliveryFailurePolicy.DeadLetter"/>: after so many failed attempts a batch is taken apart, and after so many more
    /// of its own a single event is given up. 1 to 1,000; defaults to 10, which with the default delays takes about half a minute.
    /// </summary>
    public int MaxDeliveryAttempts { get; set; } = 10;

    /// <summary>How often a silo looks for new records of its partitions. 1 ms to 1 s; defaults to 10 ms.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// After this long without events a stream is forgotten, and found again with its next one. Bounds memory and the work of looking
    /// through all streams. 10 s to 1 day; defaults to 5 minutes.
    /// </summary>
    public TimeSpan StreamInactivityPeriod { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What happens when unread records are gone from the log. Defaults to <see cref="TruncatedLogPolicy.Block"/>.</summary>
    public TruncatedLogPolicy TruncatedLog { get; set; } = TruncatedLogPolicy.Block;

    /// <summary>
    /// How long a broker may hold a fetch for which it has nothing. Apache Kafka answers earlier, as soon as it has something; the mock
    /// broker of librdkafka does not, so this is its latency. 1 ms to 5 s; defaults to 20 ms.
    /// </summary>
    public TimeSpan FetchWait { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The grains that subscribe to a stream, in code. With it each is activated before its stream's first delivery, and one that takes
    /// long to activate holds up its own stream only. Without it Orleans' pulling agent reads nothing of a partition while a grain of one
    /// of its new streams is being activated. Defaults to null.
    /// </summary>
    public Func<IGrainFactory, StreamId, IEnumerable<IAddressable>>? GrainsOf { get; set; }

    /// <summary>Further settings of the Kafka clients by their librdkafka names, such as security.protocol.</summary>
    public IDictionary<string, string> ClientProperties { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Last word on the consumer's settings, in code. Group, assignment, end of partition and all that decides which offset counts are set after it.</summary>
    public Action<ConsumerConfig>? ConfigureConsumer { get; set; }

    /// <summary>Last word on the producer's settings, in code.</summary>
    public Action<ProducerConfig>? ConfigureProducer { get; set; }

    /// <summary>Reads a topic with an adapter made from the service provider.</summary>
    /// <typeparam name="TAdapter">The adapter; its constructor may ask for services.</typeparam>
    /// <param name="name">Name of the topic.</param>
    /// <returns>The topic's options.</returns>
    public KafkaTopicOptions AddTopic<TAdapter>(string name)
        where TAdapter : class, IKafkaRecordAdapter =>
        AddTopic(name, static services => ActivatorUtilities.CreateInstance<TAdapter>(services));

    /// <summary>Produces what goes into the streams of a namespace to a topic.</summary>
    /// <typeparam name="TWriter">The writer; its constructor may ask for services.</typeparam>
    /// <param name="streamNamespace">Namespace of the streams.</param>
    /// <param name="topic">Name of the topic.</param>
    /// <returns>The namespace's options.</returns>
    public KafkaNamespaceOptions AddNamespace<TWriter>(string streamNamespace, string topic)
        where TWriter : class, IKafkaRecordWriter
    {
        var options = Namespaces.FirstOrDefault(n => n.Namespace == streamNamespace);
        if (options is null)
        {
            options = new KafkaNamespaceOptions { Namespace = streamNamespace };
            Namespaces.Add(options);
        }

        options.Topic = topic;
        options.Writer = static services => ActivatorUtilities.CreateInstance<TWriter>(services);
        return options;
    }

    /// <summary>Reads a topic with an adapter.</summary>
    /// <param name="name">Name of the topic.</param>
    /// <param name="adapter">Makes the adapter, once a silo.</param>
    /// <returns>The topic's options.</returns>
    public KafkaTopicOptions AddTopic(string name, Func<IServiceProvider, IKafkaRecordAdapter> adapter)
    {
        var topic = Topics.FirstOrDefault(t => t.Name == name);
        if (topic is null)
        {
            topic = new KafkaTopicOptions { Name = name };
            Topics.Add(topic);
        }

        topic.Adapter = adapter;
        return topic;
    }
}
