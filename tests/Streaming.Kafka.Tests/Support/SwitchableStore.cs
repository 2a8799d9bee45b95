namespace Levee.Streaming.Kafka.Tests;

/// <summary>A checkpoint store that can be made to fail.</summary>
internal sealed class SwitchableStore : IKafkaCheckpointStore
{
    private readonly InMemoryKafkaCheckpointStore _inner = new();
    private volatile bool _isDown;

    public bool IsDown
    {
        get => _isDown;
        set => _isDown = value;
    }

    public ValueTask<int> GetEpochAsync(string topic, KafkaSource source, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        return _inner.GetEpochAsync(topic, source, cancellationToken);
    }

    public ValueTask<KafkaCheckpoint?> ReadAsync(string topic, int epoch, int partition, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        return _inner.ReadAsync(topic, epoch, partition, cancellationToken);
    }

    public ValueTask WriteAsync(IReadOnlyList<KafkaCheckpoint> checkpoints, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        return _inner.WriteAsync(checkpoints, cancellationToken);
    }

    private void ThrowIfDown()
    {
        if (_isDown)
        {
            throw new IOException("the store is down");
        }
    }
}
