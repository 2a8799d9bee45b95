namespace Levee.Streaming.Kafka;

/// <summary>What a replay does.</summary>
public enum KafkaReplayState
{
    /// <summary>It delivers, or waits for the partition to begin anew.</summary>
    Running,

    /// <summary>Every record has been completed once more.</summary>
    Done,

    /// <summary>
    /// It ended early: the partition went to another silo, began a new epoch or lost the records, or another replay came.
    /// </summary>
    Interrupted,
}
