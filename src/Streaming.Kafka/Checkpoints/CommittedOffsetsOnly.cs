namespace Levee.Streaming.Kafka;

/// <summary>
/// What stands in when there is no checkpoint store: nothing is remembered here, so partitions begin at the group's committed offsets.
/// A memory of one silo would be worse than none: it would be out of date when a partition comes back from another silo.
/// </summary>
internal sealed class CommittedOffsetsOnly : IKafkaCheckpointStore
{
    /// <inheritdoc />
    public ValueTask<int> GetEpochAsync(string topic, KafkaSource source, CancellationToken cancellationToken) =>
        ValueTask.FromResult(source.EndedEpoch + 1);

    /// <inheritdoc />
    public ValueTask<KafkaCheckpoint?> ReadAsync(string topic, int epoch, int partition, CancellationToken cancellationToken) =>
        ValueTask.FromResult<KafkaCheckpoint?>(null);

    /// <inheritdoc />
    public ValueTask WriteAsync(IReadOnlyList<KafkaCheckpoint> checkpoints, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
