using Levee.Storage;
using Levee.Streaming.Kafka;

namespace Levee.Grains.Streams;

/// <summary>Keeps the stream's epochs, offsets and watermarks in Levee's own database.</summary>
internal sealed class PostgresCheckpointStore(StreamCheckpointStore store) : IKafkaCheckpointStore
{
    public async ValueTask<int> GetEpochAsync(string topic, KafkaSource source, CancellationToken cancellationToken) =>
        await store.ResolveEpochAsync(topic, source.Id, source.EndedEpoch, cancellationToken);

    public async ValueTask<KafkaCheckpoint?> ReadAsync(string topic, int epoch, int partition, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(topic, epoch, partition, cancellationToken);
        return stored is null ? null : new KafkaCheckpoint(topic, epoch, partition, stored.NextOffset, stored.WatermarkMicros);
    }

    public async ValueTask WriteAsync(IReadOnlyList<KafkaCheckpoint> checkpoints, CancellationToken cancellationToken)
    {
        var rows = new StreamCheckpoint[checkpoints.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var checkpoint = checkpoints[i];
            rows[i] = new StreamCheckpoint(
                checkpoint.Topic, checkpoint.Epoch, checkpoint.Partition, checkpoint.NextOffset, checkpoint.WatermarkMicros);
        }

        await store.WriteAsync(rows, cancellationToken);
    }
}
