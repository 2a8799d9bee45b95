using Microsoft.Extensions.Logging;

namespace Levee.Streaming.Kafka;

/// <summary>The provider's log messages.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Reading {Topics} as group {Group} from {BootstrapServers}.")]
    public static partial void Starting(ILogger logger, string topics, string group, string bootstrapServers);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Partition} begins at offset {Offset} of epoch {Epoch}.")]
    public static partial void PartitionBegun(ILogger logger, KafkaPartition partition, long offset, int epoch);

    [LoggerMessage(Level = LogLevel.Information, Message = "Replaying {Partitions} at an operator's request.")]
    public static partial void Replaying(ILogger logger, string partitions);

    [LoggerMessage(Level = LogLevel.Information, Message = "Gave back {Partitions}; deliveries under way were {Outcome}.")]
    public static partial void PartitionsReleased(ILogger logger, string partitions, string outcome);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Lost {Partitions}: the group has excluded this silo. Its commits are refused, and what it has in hand is delivered again elsewhere.")]
    public static partial void PartitionsLost(ILogger logger, string partitions);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Partition}: offset {Offset} lies beyond the log's end {LogEnd}, so the log was created anew. Epoch {Epoch} begins.")]
    public static partial void EpochBegun(ILogger logger, KafkaPartition partition, long offset, long logEnd, int epoch);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "{Partition}: offsets {First} to {Last} were never processed and are gone from the log.")]
    public static partial void LogTruncated(ILogger logger, KafkaPartition partition, long first, long last);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Partition} stands still: {Reason}.")]
    public static partial void PartitionBlocked(ILogger logger, KafkaPartition partition, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Where {Partition} begins could not be found out; trying again.")]
    public static partial void StartFailed(ILogger logger, KafkaPartition partition, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Checkpoints could not be stored; trying again. Offsets are not committed meanwhile.")]
    public static partial void StoreFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Offsets could not be committed; trying again.")]
    public static partial void CommitFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "{Partition}: the dead letter of offset {Offset} was not delivered; trying again.")]
    public static partial void DeadLetterFailed(ILogger logger, KafkaPartition partition, long offset, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Partition}: offset {Offset} is unusable: {Reason}")]
    public static partial void RecordRejected(ILogger logger, KafkaPartition partition, long offset, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka {Client}: {Reason}")]
    public static partial void ClientError(ILogger logger, string client, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka: {Message}")]
    public static partial void ClientLog(ILogger logger, string message);

    [LoggerMessage(Level = LogLevel.Error, Message = "The consumer failed and is made anew.")]
    public static partial void ConsumerFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The producer has failed for good and is made anew: {Reason}")]
    public static partial void ProducerReplaced(ILogger logger, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Partition}: the record of offset {Offset} is too large for the dead-letter topic; its letter is sent without the {Bytes} bytes of its value.")]
    public static partial void DeadLetterCut(ILogger logger, KafkaPartition partition, long offset, int bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking after the partitions failed; trying again.")]
    public static partial void UpkeepFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The pulling agents could not be told of a change of queues.")]
    public static partial void NotificationFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The brokers do not tell a cluster id. Set SourceId, or a re-created topic may not be recognised.")]
    public static partial void ClusterIdUnknown(ILogger logger);
}
