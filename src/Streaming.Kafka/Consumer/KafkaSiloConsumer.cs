using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Levee.Streaming.Kafka;

/// <summary>
/// A provider's presence on a silo: puts its parts together, starts them once the silo is active and stops them first when it stops,
/// and says how they are.
/// </summary>
internal sealed class KafkaSiloConsumer : ILifecycleParticipant<ISiloLifecycle>, IKafkaPartitionOwnership, IKafkaStreamHealth, IDisposable
{
    private const int MaxHeldShown = 10;

    private readonly string _name;
    private readonly KafkaStreamOptions _options;
    private readonly ILogger _logger;
    private readonly ConsumerStatus _status = new();
    private readonly ConsumerThread _thread;
    private readonly PartitionUpkeep _upkeep;
    private readonly CancellationTokenSource _stopping = new();
    private Task _upkeepTask = Task.CompletedTask;
    private volatile bool _isRunning;

    public KafkaSiloConsumer(IServiceProvider services, string name)
    {
        _name = name;
        _options = services.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get(name);
        _logger = services.GetRequiredService<ILoggerFactory>().CreateLogger($"Levee.Streaming.Kafka.{name}");
        var timeProvider = services.GetKeyedService<TimeProvider>(name) ?? services.GetService<TimeProvider>() ?? TimeProvider.System;
        var store = services.GetKeyedService<IKafkaCheckpointStore>(name)
            ?? services.GetService<IKafkaCheckpointStore>()
            ?? new CommittedOffsetsOnly();
        var metrics = new KafkaStreamMetrics(name, services.GetService<IMeterFactory>());
        var adapters = _options.Topics.ToDictionary(t => t.Name, t => t.Adapter!(services), StringComparer.Ordinal);
        var deadLetters = new DeadLetterSink(_options, metrics, _logger);
        DeadLetters = deadLetters;
        Producer = new KafkaStreamProducer(name, _options, services, metrics, _logger);
        Table = new PartitionTable(_logger);
        var committer = new CheckpointCommitter(store, metrics, _status, _logger);
        var sources = new KafkaSourceResolver(_options, _logger);
        var activate = _options.GrainsOf is { } grainsOf ? Activation(services.GetRequiredService<IGrainFactory>(), grainsOf) : null;
        var failures = new DeliveryFailures(name, _options, services.GetService<DeliveryErrors>(), deadLetters.SendUntilDeliveredAsync);
        _thread = new ConsumerThread(
            _options,
            Table,
            new PartitionStarter(_options, store, sources, _status, _logger),
            new PartitionHandover(_options, Table, committer, services.GetService<IClusterMembershipService>(), _logger),
            (topic, number) => new PartitionIntake(
                new KafkaPartition(topic, number, _options, metrics, activate, failures),
                adapters[topic],
                _options,
                deadLetters,
                metrics,
                timeProvider),
            _status,
            metrics,
            _logger);
        _upkeep = new PartitionUpkeep(_options, Table, _thread, committer, sources, store, _status, _logger);
        Replay = new KafkaReplay(_options, Table, _thread, _logger);
        metrics.ObservePartitions(() => GetSnapshot().Partitions);
    }

    /// <summary>The partitions of this silo.</summary>
    public PartitionTable Table { get; }

    /// <summary>The dead-letter topics.</summary>
    public DeadLetterSink DeadLetters { get; }

    /// <summary>Delivers complete records once more.</summary>
    public KafkaReplay Replay { get; }

    /// <summary>Produces what goes into streams.</summary>
    public KafkaStreamProducer Producer { get; }

    /// <inheritdoc />
    public IReadOnlyList<KafkaOwnedPartition> Owned =>
        [.. Table.Ordered()
            .Select(i => i.Partition)
            .Where(p => p.Epoch > 0)
            .Select(p => new KafkaOwnedPartition(
                p.Topic, p.Number, p.Epoch, p.Stored?.NextOffset ?? 0, p.Stored?.WatermarkMicros ?? KafkaPosition.NoWatermark))];

    /// <inheritdoc />
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe($"{nameof(KafkaSiloConsumer)}-{_name}", ServiceLifecycleStage.Active + 1, StartAsync, StopAsync);

    /// <inheritdoc />
    public KafkaStreamHealth GetSnapshot() => new(_isRunning, _status.LastError, [.. Table.Ordered().Select(Describe)]);

    /// <inheritdoc />
    public void Dispose()
    {
        _stopping.Cancel();
        DeadLetters.Dispose();
        Producer.Dispose();
    }

    private static Func<StreamId, Task> Activation(IGrainFactory grains, Func<IGrainFactory, StreamId, IEnumerable<IAddressable>> grainsOf) =>
        stream => Task.WhenAll(grainsOf(grains, stream).Select(g => g.AsReference<IStreamConsumerActivation>().ActivateAsync()));

    private static KafkaPartitionHealth Describe(PartitionIntake intake)
    {
        var partition = intake.Partition;
        var nextOffset = partition.Tracker.Position.NextOffset;
        var oldest = partition.Tracker.OldestReceivedAt;
        return new KafkaPartitionHealth(
            partition.Topic,
            partition.Number,
            partition.Epoch,
            nextOffset,
            partition.Epoch > 0 && partition.LogEnd is { } end ? Lag(intake, nextOffset, end) : null,
            intake.Cached,
            oldest is { } receivedAt ? Stopwatch.GetElapsedTime(receivedAt) : TimeSpan.Zero,
            partition.Lanes.FailingCount,
            partition.IsPaused,
            partition.BlockedReason ?? (partition.Lanes.Orphan is { } stream ? $"nobody takes the events of stream {stream}" : null))
        {
            InFlight = partition.InFlight,
            StartingFor = partition.StartingFor,
            StartError = partition.StartError,
            LogError = partition.LogError,
            LogErrorFor = partition.LogErrorFor,
            Span = partition.Tracker.Count,
            Held = partition.Lanes.GetFailing(MaxHeldShown),
        };
    }

    // Control records at the log's end are nobody's work: once everything received is complete, what was read counts.
    private static long Lag(PartitionIntake intake, long nextOffset, long end) =>
        Math.Max(0, end - (intake.Cached == 0 ? Math.Max(nextOffset, intake.ReadTo) : nextOffset));

    private Task StartAsync(CancellationToken cancellationToken)
    {
        Log.Starting(_logger, string.Join(", ", _options.Topics.Select(t => t.Name)), _options.GroupId, _options.BootstrapServers);
        _isRunning = true;
        _thread.Start();
        _upkeepTask = Task.Run(() => _upkeep.RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    // The agents are still at work here, since this stage stops before theirs: what they have in hand can finish.
    private async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_isRunning)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _upkeepTask.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _thread.StopAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _isRunning = false;
    }
}
