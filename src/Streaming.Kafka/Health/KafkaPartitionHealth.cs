namespace Levee.Streaming.Kafka;

/// <summary>How one owned partition is doing.</summary>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Partition">Partition number, from 0.</param>
/// <param name="Epoch">Which log its offsets belong to, from 1; 0 while that is being found out.</param>
/// <param name="NextOffset">Everything before this offset is complete.</param>
/// <param name="Lag">Records in the log that are not complete; null until the log's end is known.</param>
/// <param name="Cached">Records received and not complete.</param>
/// <param name="OldestUnacknowledged">How long the oldest incomplete record has been here; zero when there is none.</param>
/// <param name="HeldLanes">Streams whose last delivery failed and that wait to be tried again.</param>
/// <param name="IsPaused">True while the partition is not fetched because its cache is full.</param>
/// <param name="BlockedReason">Why the partition stands still, or null while it moves.</param>
public sealed record KafkaPartitionHealth(
    string Topic,
    int Partition,
    int Epoch,
    long NextOffset,
    long? Lag,
    int Cached,
    TimeSpan OldestUnacknowledged,
    int HeldLanes,
    bool IsPaused,
    string? BlockedReason)
{
    /// <summary>Grain calls under way.</summary>
    public int InFlight { get; init; }

    /// <summary>How long the silo has been finding out where the partition begins; zero once it knows.</summary>
    public TimeSpan StartingFor { get; init; }

    /// <summary>Why that failed, as last tried; null when it did not.</summary>
    public string? StartError { get; init; }

    /// <summary>Why the partition's log could not be read or asked, as last tried; null while it answers.</summary>
    public string? LogError { get; init; }

    /// <summary>For how long the log has not answered; zero while it does.</summary>
    public TimeSpan LogErrorFor { get; init; }

    /// <summary>Records that were read beyond the oldest incomplete one; <see cref="Cached"/> and those that completed ahead of it.</summary>
    public int Span { get; init; }

    /// <summary>Some of the streams that <see cref="HeldLanes"/> counts, at most ten, with what went wrong.</summary>
    public IReadOnlyList<KafkaHeldStream> Held { get; init; } = [];
}
