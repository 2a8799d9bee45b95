using Confluent.Kafka;
using Levee.Storage;

namespace Levee.Grains.Customers;

/// <summary>
/// Partitions that the transactions' topic does not have any more: it was created anew with fewer of them. Nothing comes from them, so minutes
/// that wait for them go by the slowest partition that there is: no later record of whatever customer is stamped lower.
/// </summary>
/// <param name="checkpoints">Which partitions there have been.</param>
/// <param name="count">Asks the brokers how many a topic has.</param>
internal sealed class GonePartitions(StreamCheckpointStore checkpoints, Func<string, Task<int>> count)
{
    // What the brokers said in an epoch. They are asked again until the stream agrees: one that lags still says how many there were, and
    // partitions may be added.
    private (int Epoch, int Partitions) _known;

    /// <summary>The partitions that are gone; none while it cannot be said, or while one that there is has no watermark yet.</summary>
    /// <param name="topic">Name of the topic.</param>
    /// <param name="current">The checkpoints of its newest epoch, at least one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<PartitionWatermark>> FindAsync(
        string topic, IReadOnlyList<StreamCheckpoint> current, CancellationToken cancellationToken)
    {
        var epoch = current[0].Epoch;
        if (epoch == 1 || await checkpoints.ReadLeftBehindAsync(topic, cancellationToken) is not { Count: > 0 } leftBehind)
        {
            return [];
        }

        if (_known != (epoch, current.Count))
        {
            try
            {
                _known = (epoch, await count(topic).WaitAsync(cancellationToken));
            }
            catch (KafkaException)
            {
                // The stream provider says that the brokers are away. All other minutes close without them.
                return [];
            }
        }

        var partitions = _known.Partitions;
        StreamCheckpoint[] present = [.. current.Where(checkpoint => checkpoint.Partition < partitions)];
        return present.Length < partitions
            ? []
            : [.. leftBehind.Where(partition => partition >= partitions)
                .Select(partition => new PartitionWatermark(epoch, partition, present.Min(one => one.WatermarkMicros), IsGone: true))];
    }
}
