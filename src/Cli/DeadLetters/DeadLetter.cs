using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Levee.Streaming.Kafka;

namespace Levee.Cli.DeadLetters;

/// <summary>A record of a dead-letter topic.</summary>
internal sealed class DeadLetter(ConsumeResult<byte[]?, byte[]?> record)
{
    public DeadLetterId Id { get; } = new(record.Partition.Value, record.Offset.Value);

    public Headers Headers { get; } = record.Message.Headers ?? [];

    public byte[]? Key => record.Message.Key;

    public byte[]? Value => record.Message.Value;

    /// <summary>When it became a dead letter.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(record.Message.Timestamp.UnixTimestampMs);

    /// <summary>Why it could not be used; null when nobody said.</summary>
    public string? Reason => Header(KafkaDeadLetterHeaders.Reason);

    /// <summary>The offending field; null when it is not known.</summary>
    public string? Field => Header(KafkaDeadLetterHeaders.Field);

    /// <summary>The topic that it came from; null on a record that is not Levee's.</summary>
    public string? OriginTopic => Header(KafkaDeadLetterHeaders.Topic);

    public int? OriginPartition =>
        int.TryParse(Header(KafkaDeadLetterHeaders.Partition), NumberStyles.None, CultureInfo.InvariantCulture, out var partition) ? partition : null;

    public long? OriginOffset =>
        long.TryParse(Header(KafkaDeadLetterHeaders.Offset), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : null;

    /// <summary>The record's own Kafka timestamp, milliseconds since the Unix epoch.</summary>
    public long? OriginTimestamp =>
        long.TryParse(Header(KafkaDeadLetterHeaders.Timestamp), NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : null;

    /// <summary>The letter that this one is the replay of; null when it is no replay.</summary>
    public string? ReplayedFrom => Header(ReplayHeaders.From);

    /// <summary>Where it came from, topic/partition@offset.</summary>
    public string Origin => Position(OriginTopic ?? "?", OriginPartition, OriginOffset);

    public static string Position(string topic, int? partition, long? offset) => string.Create(
        CultureInfo.InvariantCulture, $"{topic}/{partition?.ToString(CultureInfo.InvariantCulture) ?? "?"}@{offset?.ToString(CultureInfo.InvariantCulture) ?? "?"}");

    /// <summary>A header's last value as text; null when it is absent.</summary>
    public string? Header(string name) => Headers.TryGetLastBytes(name, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;
}
