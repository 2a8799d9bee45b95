using Orleans.Configuration;
using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>Refuses to start a silo whose Kafka streams could not work or could lose records.</summary>
internal sealed class KafkaStreamOptionsValidator(
    string name, KafkaStreamOptions options, StreamPullingAgentOptions agent, StreamPubSubOptions pubSub) : IConfigurationValidator
{
    // With another value of these records would be skipped or committed before they are done.
    private static readonly string[] OwnSettings =
    [
        "auto.offset.reset", "enable.auto.commit", "enable.auto.offset.store", "enable.partition.eof", "enable.idempotence", "group.id", "group.protocol",
        "partition.assignment.strategy",
    ];

    /// <inheritdoc />
    public void ValidateConfiguration()
    {
        Require(options.BootstrapServers, nameof(options.BootstrapServers));
        Require(options.GroupId, nameof(options.GroupId));
        Require(options.DeadLetterSuffix, nameof(options.DeadLetterSuffix));
        ValidateTopics();
        ValidateNamespaces();
        if (OwnSettings.FirstOrDefault(options.ClientProperties.ContainsKey) is { } own)
        {
            Fail(nameof(options.ClientProperties), $"must not set {own}: the provider's guarantee rests on its own value");
        }

        InRange(options.MaxProducing, 1, 100_000, nameof(options.MaxProducing));
        InRange(options.WatermarkDelay, TimeSpan.Zero, TimeSpan.FromDays(1), nameof(options.WatermarkDelay));
        InRange(options.IdleAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1), nameof(options.IdleAfter));
        InRange(options.CommitInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(options.CommitInterval));
        InRange(options.SessionTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(options.SessionTimeout));
        InRange(options.DrainTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(options.DrainTimeout));
        InRange(options.RedeliveryDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1), nameof(options.RedeliveryDelay));
        InRange(options.MaxRedeliveryDelay, options.RedeliveryDelay, TimeSpan.FromHours(1), nameof(options.MaxRedeliveryDelay));
        InRange(options.MaxDeliveryAttempts, 1, 1_000, nameof(options.MaxDeliveryAttempts));
        Defined(options.FailurePolicy, nameof(options.FailurePolicy));
        Defined(options.TruncatedLog, nameof(options.TruncatedLog));
        InRange(options.PollInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), nameof(options.PollInterval));
        InRange(options.FetchWait, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5), nameof(options.FetchWait));
        InRange(options.StreamInactivityPeriod, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1), nameof(options.StreamInactivityPeriod));
        InRange(options.MaxPartitionRecords, 16, 1 << 20, nameof(options.MaxPartitionRecords));
        InRange(options.MaxPartitionSpan, options.MaxPartitionRecords, 1 << 24, nameof(options.MaxPartitionSpan));
        InRange(options.MaxBatch, 1, 1 << 16, nameof(options.MaxBatch));
        if (agent.BatchContainerBatchSize != 1)
        {
            Fail(nameof(agent.BatchContainerBatchSize), "must be 1: batches are made by the provider, and larger ones lose failed events");
        }

        if (pubSub.PubSubType != StreamPubSubType.ImplicitOnly)
        {
            Fail(nameof(pubSub.PubSubType), "must be ImplicitOnly: the provider serves implicit subscriptions");
        }
    }

    private void ValidateTopics()
    {
        if (options.Topics.Count == 0)
        {
            Fail(nameof(options.Topics), "must name at least one topic");
        }

        foreach (var topic in options.Topics)
        {
            Require(topic.Name, $"{nameof(options.Topics)}.{nameof(topic.Name)}");
            if (topic.Adapter is null)
            {
                Fail(nameof(options.Topics), $"topic '{topic.Name}' has no adapter: call {nameof(options.AddTopic)}");
            }
        }

        if (options.Topics.FirstOrDefault(t => options.Topics.Any(o => o.Name == (t.DeadLetterTopic ?? t.Name + options.DeadLetterSuffix))) is { } looped)
        {
            Fail(nameof(options.Topics), $"sends the dead letters of '{looped.Name}' to a topic that it reads: they would come back for ever");
        }

        if (options.Topics.GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            Fail(nameof(options.Topics), $"names topic '{twice.Key}' twice");
        }
    }

    private void ValidateNamespaces()
    {
        foreach (var item in options.Namespaces)
        {
            Require(item.Namespace, $"{nameof(options.Namespaces)}.{nameof(item.Namespace)}");
            Require(item.Topic, $"{nameof(options.Namespaces)}.{nameof(item.Topic)}");
            Defined(item.Partitioning, $"{nameof(options.Namespaces)}.{nameof(item.Partitioning)}");
            if (item.Writer is null)
            {
                Fail(nameof(options.Namespaces), $"namespace '{item.Namespace}' has no writer: call {nameof(options.AddNamespace)}");
            }
        }

        if (options.Namespaces.GroupBy(n => n.Namespace).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            Fail(nameof(options.Namespaces), $"names namespace '{twice.Key}' twice");
        }
    }

    private void Require(string? value, string property)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            Fail(property, "is required");
        }
    }

    private void Defined<T>(T value, string property)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            Fail(property, $"must be one of {string.Join(", ", Enum.GetNames<T>())}, not {value}");
        }
    }

    private void InRange<T>(T value, T lowest, T highest, string property)
        where T : IComparable<T>
    {
        if (value.CompareTo(lowest) < 0 || value.CompareTo(highest) > 0)
        {
            Fail(property, FormattableString.Invariant($"must lie between {lowest} and {highest}, not {value}"));
        }
    }

    private void Fail(string property, string problem) =>
        throw new OrleansConfigurationException($"Kafka stream provider '{name}': {property} {problem}.");
}
