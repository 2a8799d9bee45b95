using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka;

/// <summary>
/// The one thread that polls the one consumer of a silo. Everything that touches the assignment happens here: the client calls the
/// rebalance handlers from within a poll, and others hand their work in as commands.
/// </summary>
internal sealed class ConsumerThread
{
    private const int RecordsBetweenChores = 500;
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    // Longer than a question to the brokers takes at most; only commits wait for theirs without bound. A silo that stops does not wait so long:
    // then the end of the process ends the client.
    private static readonly TimeSpan UnusedWithin = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly KafkaStreamOptions _options;
    private readonly PartitionTable _table;
    private readonly PartitionHandover _handover;
    private readonly PartitionFetch _fetch;
    private readonly PartitionAssignment _assignment;
    private readonly ConsumerStatus _status;
    private readonly KafkaStreamMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<Action<SharedConsumer>> _commands = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;
    private volatile SharedConsumer? _consumer;

    public ConsumerThread(
        KafkaStreamOptions options,
        PartitionTable table,
        PartitionStarter starter,
        PartitionHandover handover,
        Func<string, int, PartitionIntake> newIntake,
        ConsumerStatus status,
        KafkaStreamMetrics metrics,
        ILogger logger)
    {
        _options = options;
        _table = table;
        _handover = handover;
        _fetch = new PartitionFetch(options, table, logger);
        _assignment = new PartitionAssignment(table, starter, _fetch, newIntake, _commands.Enqueue);
        _status = status;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>The consumer; null before the start, after the end and while it is made anew.</summary>
    public SharedConsumer? Consumer => _consumer;

    /// <summary>Starts the thread.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "kafka-consumer" }.Start();

    /// <summary>Gives all partitions back, leaves the group and ends the thread.</summary>
    public Task StopAsync()
    {
        _isStopping = true;
        return _ended.Task;
    }

    /// <summary>Has a partition begin anew: it is given up and started again, perhaps in another epoch.</summary>
    /// <param name="intake">Its intake.</param>
    public void Restart(PartitionIntake intake) => _commands.Enqueue(consumer =>
    {
        var (topic, number) = (intake.Partition.Topic, intake.Partition.Number);
        if (ReferenceEquals(_table.Find(topic, number), intake))
        {
            _handover.GiveBack(consumer.Client, [intake]);
            _assignment.BeginAnew(consumer, topic, number);
        }
    });

    /// <summary>Has partitions begin anew at earlier offsets, all those that are still this silo's at once.</summary>
    /// <param name="replays">Where to begin.</param>
    public void Replay(IReadOnlyList<PartitionReplay> replays) => _commands.Enqueue(consumer =>
    {
        List<PartitionReplay> mine = [.. replays.Where(r => ReferenceEquals(_table.Find(r.Topic, r.Number), r.Intake))];
        mine.ForEach(r => r.GiveBack());
        try
        {
            _handover.GiveBack(consumer.Client, [.. mine.Select(r => r.Intake)]);
            foreach (var replay in mine)
            {
                _assignment.BeginAnew(consumer, replay.Topic, replay.Number, replay);
            }
        }
        finally
        {
            mine.ForEach(r => r.EndGiveBack());
        }
    });

    private void Run()
    {
        while (!_isStopping)
        {
            SharedConsumer? consumer = null;
            try
            {
                consumer = new SharedConsumer(Build());
                _consumer = consumer;
                Poll(consumer);
                _handover.GiveBack(consumer.Client, [.. _table.Intakes]);
            }
            catch (Exception exception)
            {
                Log.ConsumerFailed(_logger, exception);
                _status.BrokerFailed(exception.Message);
                _handover.Abandon([.. _table.Intakes]);
            }

            _consumer = null;
            Close(consumer);
            if (!_isStopping)
            {
                Thread.Sleep(RestartDelay);
            }
        }

        _ended.TrySetResult();
    }

    // Leaving the group needs the broker, and the client waits for it without bound.
    private void Close(SharedConsumer? consumer) => Task.Run(() =>
    {
        try
        {
            consumer?.End(UnusedWithin);
            consumer?.Client.Close();
            consumer?.Client.Dispose();
        }
        catch (KafkaException exception)
        {
            Log.ConsumerFailed(_logger, exception);
        }
    }).Wait(CloseTimeout);

    private IConsumer<byte[], byte[]> Build()
    {
        var consumer = new ConsumerBuilder<byte[], byte[]>(KafkaClientConfiguration.Consumer(_options))
            .SetPartitionsAssignedHandler(OnAssigned)
            .SetPartitionsRevokedHandler((c, offsets) => OnRevoked(c, offsets))
            .SetPartitionsLostHandler((c, offsets) => OnLost(c, offsets))
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, message) => Log.ClientLog(_logger, message.Message))
            .Build();
        consumer.Subscribe(_options.Topics.Select(t => t.Name));
        return consumer;
    }

    private void Poll(SharedConsumer consumer)
    {
        while (!_isStopping)
        {
            while (_commands.TryDequeue(out var command))
            {
                command(consumer);
            }

            foreach (var intake in _table.Intakes)
            {
                intake.TakeUpAside();
                _fetch.ControlFlow(consumer.Client, intake);
            }

            for (var i = 0; i < RecordsBetweenChores && Take(consumer.Client, i == 0 ? PollTimeout : TimeSpan.Zero); i++)
            {
            }
        }
    }

    private bool Take(IConsumer<byte[], byte[]> consumer, TimeSpan timeout)
    {
        ConsumeResult<byte[], byte[]>? result;
        try
        {
            result = consumer.Consume(timeout);
        }
        catch (ConsumeException exception) when (!exception.Error.IsFatal)
        {
            OnConsumeError(exception);
            return false;
        }

        if (result is null)
        {
            return false;
        }

        _status.BrokerAnswered();
        if (_table.Find(result.Topic, result.Partition.Value) is not { } intake)
        {
            return true;
        }

        intake.Partition.LogAnswered();
        if (result.IsPartitionEOF)
        {
            intake.ReachedEnd(result.Offset.Value);
        }
        else
        {
            intake.Accept(result);
            _fetch.ControlFlow(consumer, intake);
        }

        return true;
    }

    private IEnumerable<TopicPartitionOffset> OnAssigned(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions)
    {
        _commands.Enqueue(c => _fetch.ResumeAll(c.Client, partitions));
        foreach (var partition in partitions)
        {
            _metrics.Rebalances.Add(1, _metrics.Tags(partition.Topic));
        }

        return _assignment.TakeUp(_consumer!, partitions);
    }

    private void OnRevoked(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> offsets)
    {
        if (IsCurrent(consumer))
        {
            _handover.GiveBack(consumer, Find(offsets));
        }
    }

    private void OnLost(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> offsets)
    {
        if (IsCurrent(consumer))
        {
            _handover.Lose(Find(offsets));
        }
    }

    // A consumer that failed may take long to close, and says what it gives up when its successor has taken the same partitions.
    private bool IsCurrent(IConsumer<byte[], byte[]> consumer) => ReferenceEquals(consumer, _consumer?.Client);

    private List<PartitionIntake> Find(List<TopicPartitionOffset> offsets) =>
        [.. offsets.Select(o => _table.Find(o.Topic, o.Partition.Value)).OfType<PartitionIntake>()];

    private void OnConsumeError(ConsumeException exception)
    {
        OnError(exception.Error);
        if (exception.ConsumerRecord is not { } record
            || _table.Find(record.Topic, record.Partition.Value) is not { Partition.State: PartitionState.Running } intake)
        {
            return;
        }

        if (exception.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            intake.BlockAndRestart($"the log does not have offset {intake.ReadTo} any more");
        }
        else
        {
            intake.Partition.LogFailed(exception.Error.Reason);
        }
    }

    private void OnError(Error error)
    {
        _status.BrokerFailed(error.Reason);
        if (_status.IsNews(error.Code))
        {
            Log.ClientError(_logger, "consumer", error.Reason);
        }
    }
}
