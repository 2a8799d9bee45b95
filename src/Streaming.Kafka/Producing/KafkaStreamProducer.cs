using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Produces what goes into streams, through idempotent producers: one for each kind of partitioning that is in use. At most
/// <see cref="KafkaStreamOptions.MaxProducing"/> records are on their way; who produces more waits.
/// </summary>
internal sealed class KafkaStreamProducer : IDisposable
{
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MetadataAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FullDelay = TimeSpan.FromMilliseconds(5);

    private readonly string _name;
    private readonly KafkaStreamOptions _options;
    private readonly KafkaStreamMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Dictionary<string, (KafkaNamespaceOptions Options, IKafkaRecordWriter Writer)> _namespaces;
    private readonly ConcurrentDictionary<KafkaPartitioning, RecoveringProducer> _producers = new();
    private readonly ConcurrentDictionary<string, (int Partitions, long ReadAt)> _partitions = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _room;

    public KafkaStreamProducer(
        string name, KafkaStreamOptions options, IServiceProvider services, KafkaStreamMetrics metrics, ILogger logger)
    {
        _name = name;
        _options = options;
        _metrics = metrics;
        _logger = logger;
        _namespaces = options.Namespaces.ToDictionary(n => n.Namespace, n => (n, n.Writer!(services)), StringComparer.Ordinal);
        _room = new SemaphoreSlim(options.MaxProducing);
        metrics.ObserveProducing(() => options.MaxProducing - _room.CurrentCount);
    }

    /// <summary>Produces items in order; completes when the broker has them all.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="items">The items.</param>
    /// <exception cref="InvalidOperationException">The stream's namespace has no topic.</exception>
    /// <exception cref="ArgumentException">An item or its key cannot be written; those before it are produced.</exception>
    /// <exception cref="KafkaException">The broker did not take a record; those after it may have been delivered.</exception>
    public async Task ProduceAsync<T>(StreamId stream, IEnumerable<T> items)
    {
        if (!_namespaces.TryGetValue(stream.GetNamespace() ?? "", out var target))
        {
            throw new InvalidOperationException(
                $"Stream provider '{_name}' has no topic for namespace '{stream.GetNamespace()}': call {nameof(_options.AddNamespace)}.");
        }

        var underWay = new List<Task>();
        try
        {
            foreach (var item in items)
            {
                ArgumentNullException.ThrowIfNull(item, nameof(items));
                var record = target.Writer.Write(stream, item);
                var partition = target.Options.Partitioning == KafkaPartitioning.KeyModulo
                    ? await PartitionOfAsync(target.Options.Topic, record.Key)
                    : Partition.Any;
                await _room.WaitAsync();
                underWay.Add(await BeginAsync(target.Options, partition, record));
            }
        }
        finally
        {
            await Task.WhenAll(underWay);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var partitioning in _producers.Keys)
        {
            if (_producers.TryRemove(partitioning, out var producer))
            {
                producer.Close(FlushTimeout);
            }
        }

        _room.Dispose();
    }

    // The outer task completes when the client has taken the record, so that the next one cannot overtake it; the inner when the broker has.
    private async ValueTask<Task> BeginAsync(KafkaNamespaceOptions target, Partition partition, KafkaOutgoingRecord record)
    {
        var headers = record.Headers;
        var startedAt = Stopwatch.GetTimestamp();
        var activity = KafkaTracing.StartProducing(target.Topic, ref headers);
        try
        {
            var message = new Message<byte[], byte[]>
            {
                Key = record.Key!,
                Value = record.Value!,
                Headers = headers,
                Timestamp = record.TimestampMicros is { } micros
                    ? new Timestamp(micros / 1000, TimestampType.CreateTime)
                    : Timestamp.Default,
            };
            var producer = ProducerFor(target.Partitioning);
            while (true)
            {
                try
                {
                    return EndAsync(producer.ProduceAsync(new TopicPartition(target.Topic, partition), message), target.Topic, startedAt, activity);
                }
                catch (KafkaException exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
                {
                    // The client counts bytes too; when large records fill it, waiting is all there is to do.
                    await Task.Delay(FullDelay);
                }
            }
        }
        catch (Exception exception)
        {
            KafkaTracing.EndDelivery(activity, failed: true, exception);
            _room.Release();
            return Task.FromException(exception);
        }
    }

    private async Task EndAsync(Task delivery, string topic, long startedAt, Activity? activity)
    {
        try
        {
            await delivery;
            _metrics.ProduceDuration.Record(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, _metrics.Tags(topic));
            KafkaTracing.EndDelivery(activity, failed: false);
        }
        catch (Exception exception)
        {
            KafkaTracing.EndDelivery(activity, failed: true, exception);
            throw;
        }
        finally
        {
            _room.Release();
        }
    }

    private async ValueTask<Partition> PartitionOfAsync(string topic, byte[]? key)
    {
        if (key is null)
        {
            return Partition.Any;
        }

        if (!long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            throw new ArgumentException(
                $"The key of a record for topic '{topic}' must be a whole number in decimal, not '{Encoding.UTF8.GetString(key)}'.", nameof(key));
        }

        if (!_partitions.TryGetValue(topic, out var known) || Stopwatch.GetElapsedTime(known.ReadAt) > MetadataAge)
        {
            known = (await Task.Run(() => CountPartitions(topic)), Stopwatch.GetTimestamp());
            _partitions[topic] = known;
        }

        return new Partition((int)(((number % known.Partitions) + known.Partitions) % known.Partitions));
    }

    private int CountPartitions(string topic)
    {
        using var admin = new DependentAdminClientBuilder(ProducerFor(KafkaPartitioning.KeyModulo).Handle).Build();
        var found = admin.GetMetadata(topic, MetadataTimeout).Topics.Single();
        return found.Partitions.Count > 0 ? found.Partitions.Count : throw new KafkaException(found.Error);
    }

    private RecoveringProducer ProducerFor(KafkaPartitioning partitioning) => _producers.GetOrAdd(
        partitioning, p => new RecoveringProducer(onError => Build(p, onError), _logger));

    private IProducer<byte[], byte[]> Build(KafkaPartitioning partitioning, Action<Error> onError)
    {
        var config = KafkaClientConfiguration.Producer(_options);
        if (partitioning == KafkaPartitioning.Murmur2)
        {
            config.Partitioner = Confluent.Kafka.Partitioner.Murmur2Random;
        }

        return KafkaClientConfiguration.Build(config, onError, _logger);
    }
}
