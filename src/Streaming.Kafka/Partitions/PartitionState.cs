namespace Levee.Streaming.Kafka;

/// <summary>The life of a partition on a silo.</summary>
internal enum PartitionState
{
    /// <summary>Assigned by the group; where to begin is being found out.</summary>
    Starting,

    /// <summary>Being read.</summary>
    Running,

    /// <summary>Not read any more; what was received is still delivered.</summary>
    Blocked,

    /// <summary>Given back to the group.</summary>
    Released,
}
