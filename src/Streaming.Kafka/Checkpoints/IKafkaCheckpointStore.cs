namespace Levee.Streaming.Kafka;

/// <summary>
/// Durable memory of epochs, offsets and watermarks. It is written before offsets are committed to Kafka and wins over them at start.
/// Safe for calls from several silos at once. A failed call is repeated by the provider.
/// </summary>
public interface IKafkaCheckpointStore
{
    /// <summary>
    /// The topic's current epoch. The first is 1. When the newest epoch's source id differs from <see cref="KafkaSource.Id"/>, or the
    /// newest epoch is not greater than <see cref="KafkaSource.EndedEpoch"/>, the next epoch begins with that source id and is returned;
    /// silos that ask at the same time get the same answer.
    /// </summary>
    /// <param name="topic">Name of the topic.</param>
    /// <param name="source">The log that the topic's records come from now.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<int> GetEpochAsync(string topic, KafkaSource source, CancellationToken cancellationToken);

    /// <summary>The checkpoint of one partition, or null when none was written in that epoch.</summary>
    /// <param name="topic">Name of the topic.</param>
    /// <param name="epoch">Epoch, from 1.</param>
    /// <param name="partition">Partition number, from 0.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<KafkaCheckpoint?> ReadAsync(string topic, int epoch, int partition, CancellationToken cancellationToken);

    /// <summary>
    /// Stores checkpoints durably, all or none. A checkpoint with a smaller next offset than the stored one, or with the same offset and
    /// a smaller watermark, is ignored, so a silo that has lost a partition and does not know it yet does no harm.
    /// </summary>
    /// <param name="checkpoints">At most one for each partition.</param>
    /// <param name="cancellationToken">Gives up waiting; the write may have happened.</param>
    ValueTask WriteAsync(IReadOnlyList<KafkaCheckpoint> checkpoints, CancellationToken cancellationToken);
}
