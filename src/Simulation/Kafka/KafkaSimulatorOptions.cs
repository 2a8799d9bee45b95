namespace Levee.Simulation;

/// <summary>Where and how simulated transactions are produced.</summary>
public sealed class KafkaSimulatorOptions
{
    /// <summary>Kafka brokers, <c>host:port</c>, comma separated. Required.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>Topic of transactions. Defaults to "transactions".</summary>
    public string Topic { get; set; } = "transactions";

    /// <summary>Topic of labels; null for none. Defaults to "labels".</summary>
    public string? LabelTopic { get; set; } = "labels";

    /// <summary>How a transaction's partition follows from its customer. Defaults to customer id modulo the number of partitions.</summary>
    public ProducerPartitioner Partitioner { get; set; } = ProducerPartitioner.Modulo;

    /// <summary>
    /// Transactions go to the first partitions only, this many. Null, the default, for all partitions that the topic has.
    /// </summary>
    public int? Partitions { get; set; }

    /// <summary>Records to produce on the topic of transactions, repetitions and poison included; null for no limit.</summary>
    public long? MaxRecords { get; set; }

    /// <summary>How long to produce; null for no limit.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>Unusable records for each usable one, 0 to 1. Defaults to 0.</summary>
    public double PoisonShare { get; set; }

    /// <summary>Labels that wait for their time, at most; further ones are dropped and counted. Defaults to 1,000,000.</summary>
    public int MaxPendingLabels { get; set; } = 1_000_000;

    /// <summary>Records that wait in the producer, at most; then the simulator waits for the broker. Defaults to 50,000.</summary>
    public int MaxQueuedRecords { get; set; } = 50_000;

    /// <summary>How long to wait for an answer of the brokers at the start. Defaults to 10 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Called for each record that the broker has taken, from several threads; null for nobody.</summary>
    public Action<ProducedRecord>? Produced { get; set; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(BootstrapServers), $"{nameof(BootstrapServers)} is required, such as localhost:9092.");
        Require(!string.IsNullOrWhiteSpace(Topic), $"{nameof(Topic)} is required.");
        Require(Partitions is null or (>= 1 and <= 100_000), $"{nameof(Partitions)} must be 1 to 100000.");
        Require(Enum.IsDefined(Partitioner), $"{nameof(Partitioner)} must be Modulo or Murmur2.");
        Require(MaxRecords is null or >= 0, $"{nameof(MaxRecords)} must be at least 0.");
        Require(Duration is null || Duration.Value > TimeSpan.Zero, $"{nameof(Duration)} must be above zero.");
        Require(PoisonShare is >= 0 and <= 1, $"{nameof(PoisonShare)} must be 0 to 1.");
        Require(MaxPendingLabels >= 0, $"{nameof(MaxPendingLabels)} must be at least 0.");
        Require(MaxQueuedRecords is >= 1 and <= 10_000_000, $"{nameof(MaxQueuedRecords)} must be 1 to 10000000.");
        Require(ConnectTimeout > TimeSpan.Zero, $"{nameof(ConnectTimeout)} must be above zero.");
    }

    private static void Require(bool good, string message)
    {
        if (!good)
        {
            throw new ArgumentException(message);
        }
    }
}
