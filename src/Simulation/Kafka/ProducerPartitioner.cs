namespace Levee.Simulation;

/// <summary>How the partition of a transaction follows from its customer. Levee needs no particular way: it only orders within a partition.</summary>
public enum ProducerPartitioner
{
    /// <summary>Customer id modulo the number of partitions.</summary>
    Modulo,

    /// <summary>
    /// Murmur2 of the key, as Kafka's Java clients do it and librdkafka does for keyed records as <c>murmur2_random</c>: for topics that
    /// others produce to as well.
    /// </summary>
    Murmur2,
}
