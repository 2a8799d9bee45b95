using System.Diagnostics.Metrics;

namespace Levee.Streaming.Kafka;

/// <summary>Metrics of a provider: meter "Levee.Streaming.Kafka", each instrument tagged with the provider and the topic.</summary>
internal sealed class KafkaStreamMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Levee.Streaming.Kafka";

    private readonly string _provider;
    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?>[] _storeTags;
    private readonly KeyValuePair<string, object?>[] _commitTags;

    public KafkaStreamMetrics(string provider, IMeterFactory? meters)
    {
        _provider = provider;
        _meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        Records = _meter.CreateCounter<long>("levee.kafka.records", "{record}", "Records received.");
        DeadLetters = _meter.CreateCounter<long>("levee.kafka.dead_letters", "{record}", "Records that the dead-letter topic has taken.");
        Redeliveries = _meter.CreateCounter<long>("levee.kafka.redeliveries", "{delivery}", "Deliveries that failed and are tried again.");
        Rebalances = _meter.CreateCounter<long>("levee.kafka.rebalances", "{rebalance}", "Changes of the partitions owned.");
        BatchSize = _meter.CreateHistogram<int>("levee.kafka.batch_size", "{event}", "Events in one grain call.");
        DeliveryDuration = _meter.CreateHistogram<double>("levee.kafka.delivery_duration", "s", "From a grain call to its acknowledgement.");
        CommitDuration = _meter.CreateHistogram<double>(
            "levee.kafka.commit_duration", "s", "Storing checkpoints (operation: store) and committing offsets (operation: commit).");
        Freshness = _meter.CreateHistogram<double>("levee.kafka.freshness", "s", "Age of a record, by its Kafka timestamp, when it is complete.");
        ProduceDuration = _meter.CreateHistogram<double>("levee.kafka.produce_duration", "s", "From producing a record to its delivery report.");
        _storeTags = [new("provider", provider), new("operation", "store")];
        _commitTags = [new("provider", provider), new("operation", "commit")];
    }

    public Counter<long> Records { get; }

    public Counter<long> DeadLetters { get; }

    public Counter<long> Redeliveries { get; }

    public Counter<long> Rebalances { get; }

    public Histogram<int> BatchSize { get; }

    public Histogram<double> DeliveryDuration { get; }

    public Histogram<double> CommitDuration { get; }

    public Histogram<double> Freshness { get; }

    public Histogram<double> ProduceDuration { get; }

    public void Stored(TimeSpan elapsed) => CommitDuration.Record(elapsed.TotalSeconds, _storeTags);

    public void Committed(TimeSpan elapsed) => CommitDuration.Record(elapsed.TotalSeconds, _commitTags);

    /// <summary>Tags of one topic.</summary>
    /// <param name="topic">Name of the topic.</param>
    public KeyValuePair<string, object?>[] Tags(string topic) => [new("provider", _provider), new("topic", topic)];

    /// <summary>Adds the gauge of records on their way to the broker.</summary>
    /// <param name="count">Their number now.</param>
    public void ObserveProducing(Func<int> count) => _meter.CreateObservableGauge(
        "levee.kafka.producing",
        () => new Measurement<int>(count(), new KeyValuePair<string, object?>("provider", _provider)),
        "{record}",
        "Records produced through streams and not delivered yet.");

    /// <summary>Adds the gauges of the partitions owned.</summary>
    /// <param name="snapshot">Their state now.</param>
    public void ObservePartitions(Func<IReadOnlyList<KafkaPartitionHealth>> snapshot)
    {
        Gauge("levee.kafka.lag", "{record}", "Records in the log that are not complete.", p => p.Lag ?? 0);
        Gauge("levee.kafka.cached", "{record}", "Records received and not complete.", p => p.Cached);
        Gauge("levee.kafka.span", "{record}", "Records read beyond the oldest incomplete one.", p => p.Span);
        Gauge("levee.kafka.starting", "s", "How long it has been looked for where the partition begins.", p => p.StartingFor.TotalSeconds);
        Gauge("levee.kafka.in_flight", "{delivery}", "Grain calls under way.", p => p.InFlight);
        Gauge("levee.kafka.oldest_unacknowledged", "s", "Age of the oldest incomplete record.", p => p.OldestUnacknowledged.TotalSeconds);
        Gauge("levee.kafka.held_lanes", "{stream}", "Streams that wait for a redelivery.", p => p.HeldLanes);
        Gauge("levee.kafka.paused", "1", "1 while the partition is not fetched because its cache is full.", p => p.IsPaused ? 1 : 0);
        Gauge("levee.kafka.blocked", "1", "1 while the partition stands still.", p => p.BlockedReason is null ? 0 : 1);
        Gauge("levee.kafka.epoch", "1", "The log that the partition's offsets belong to.", p => p.Epoch);

        void Gauge(string name, string unit, string description, Func<KafkaPartitionHealth, double> value) =>
            _meter.CreateObservableGauge(name, () => Measure(value), unit, description);

        IEnumerable<Measurement<double>> Measure(Func<KafkaPartitionHealth, double> value) =>
            snapshot().Select(p => new Measurement<double>(
                value(p), new("provider", _provider), new("topic", p.Topic), new("partition", p.Partition)));
    }
}
