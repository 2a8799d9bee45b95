namespace Levee.Embedded;

/// <summary>Requests of the Kafka protocol, by their numbers there.</summary>
public enum KafkaRequest : short
{
    /// <summary>Write records.</summary>
    Produce = 0,

    /// <summary>Read records.</summary>
    Fetch = 1,

    /// <summary>First and last offset of a partition.</summary>
    ListOffsets = 2,

    /// <summary>Brokers, topics and leaders.</summary>
    Metadata = 3,

    /// <summary>Store a group's offsets.</summary>
    OffsetCommit = 8,

    /// <summary>Read a group's offsets.</summary>
    OffsetFetch = 9,

    /// <summary>Which broker looks after a group.</summary>
    FindCoordinator = 10,

    /// <summary>Become a member of a group.</summary>
    JoinGroup = 11,

    /// <summary>Stay a member of a group.</summary>
    Heartbeat = 12,

    /// <summary>Receive the assignment within a group.</summary>
    SyncGroup = 14,

    /// <summary>Begin idempotent writing.</summary>
    InitProducerId = 22,
}
