namespace Levee.Streaming.Kafka;

/// <summary>
/// Checkpoints in memory, for tests and for silos that share a process: all silos of a cluster must use the same instance.
/// </summary>
public sealed class InMemoryKafkaCheckpointStore : IKafkaCheckpointStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Epoch, string SourceId)> _epochs = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Topic, int Epoch, int Partition), KafkaCheckpoint> _checkpoints = [];

    /// <inheritdoc />
    public ValueTask<int> GetEpochAsync(string topic, KafkaSource source, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var known = _epochs.TryGetValue(topic, out var newest);
            if (known && newest.SourceId == source.Id && newest.Epoch > source.EndedEpoch)
            {
                return ValueTask.FromResult(newest.Epoch);
            }

            var next = known ? newest.Epoch + 1 : 1;
            _epochs[topic] = (Math.Max(next, source.EndedEpoch + 1), source.Id);
            return ValueTask.FromResult(_epochs[topic].Epoch);
        }
    }

    /// <inheritdoc />
    public ValueTask<KafkaCheckpoint?> ReadAsync(string topic, int epoch, int partition, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(_checkpoints.GetValueOrDefault((topic, epoch, partition)));
        }
    }

    /// <inheritdoc />
    public ValueTask WriteAsync(IReadOnlyList<KafkaCheckpoint> checkpoints, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var checkpoint in checkpoints)
            {
                var key = (checkpoint.Topic, checkpoint.Epoch, checkpoint.Partition);
                if (!_checkpoints.TryGetValue(key, out var stored) || IsLater(checkpoint, stored))
                {
                    _checkpoints[key] = checkpoint;
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    private static bool IsLater(KafkaCheckpoint candidate, KafkaCheckpoint stored) =>
        candidate.NextOffset > stored.NextOffset
        || (candidate.NextOffset == stored.NextOffset && candidate.WatermarkMicros > stored.WatermarkMicros);
}
