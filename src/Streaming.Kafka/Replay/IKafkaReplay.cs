namespace Levee.Streaming.Kafka;

/// <summary>
/// Delivers records once more that every stream has completed, while the silo goes on. Each silo answers for the partitions that it owns.
/// Taken from the service provider like <see cref="IKafkaPartitionOwnership"/>.
/// </summary>
/// <remarks>
/// A partition under replay finishes what is under way, begins anew at the earlier offset and then goes on with what is new; nothing is
/// received meanwhile. Neither the stored checkpoint nor the committed offset moves back: whoever takes the partition over in the middle
/// goes on at the checkpoint, and the replay has then ended early. Records that an adapter refuses are not sent to the dead letters again.
/// </remarks>
public interface IKafkaReplay
{
    /// <summary>Finds out what a replay would deliver; changes nothing.</summary>
    /// <param name="request">What to replay.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One plan for each partition concerned that this silo owns.</returns>
    /// <exception cref="Confluent.Kafka.KafkaException">The brokers do not answer.</exception>
    Task<IReadOnlyList<KafkaReplayPlan>> PlanAsync(KafkaReplayRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Begins the plans of partitions that this silo still owns in the same epoch; a replay of the same partition under way ends early.
    /// Returns at once; <see cref="GetStatus"/> tells how it goes.
    /// </summary>
    /// <param name="plans">Plans of this silo; those without records are ignored.</param>
    void Begin(IReadOnlyList<KafkaReplayPlan> plans);

    /// <summary>The last replay of each partition that had one on this silo.</summary>
    IReadOnlyList<KafkaReplayStatus> GetStatus();
}
