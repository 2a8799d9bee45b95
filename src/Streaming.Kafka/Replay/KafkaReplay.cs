using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Levee.Streaming.Kafka;

/// <inheritdoc cref="IKafkaReplay"/>
internal sealed class KafkaReplay(KafkaStreamOptions options, PartitionTable table, ConsumerThread thread, ILogger logger) : IKafkaReplay
{
    // The last one of each partition; a silo has no more partitions than its topics.
    private readonly ConcurrentDictionary<(string Topic, int Number), PartitionReplay> _replays = new();

    /// <inheritdoc />
    public Task<IReadOnlyList<KafkaReplayPlan>> PlanAsync(KafkaReplayRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Task.Run(() => Plan(request, cancellationToken), cancellationToken);
    }

    /// <inheritdoc />
    public void Begin(IReadOnlyList<KafkaReplayPlan> plans)
    {
        ArgumentNullException.ThrowIfNull(plans);
        var replays = new List<PartitionReplay>();
        foreach (var plan in plans.Where(p => p.Refusal is null && p.From < p.To))
        {
            if (table.Find(plan.Topic, plan.Partition) is { } intake && intake.Partition.Epoch == plan.Epoch)
            {
                var replay = new PartitionReplay(plan, intake);
                _replays[(plan.Topic, plan.Partition)] = replay;
                replays.Add(replay);
            }
        }

        if (replays.Count > 0)
        {
            Log.Replaying(logger, string.Join(", ", replays.Select(r => r.Intake.Partition)));
            thread.Replay(replays);
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<KafkaReplayStatus> GetStatus() =>
        [.. _replays.Values.Select(r => r.GetStatus(table)).OrderBy(s => s.Topic, StringComparer.Ordinal).ThenBy(s => s.Partition)];

    private IReadOnlyList<KafkaReplayPlan> Plan(KafkaReplayRequest request, CancellationToken cancellationToken)
    {
        var concerned = table.Ordered()
            .Select(i => i.Partition)
            .Where(p => p.Topic == request.Topic && (request.Partition is null || request.Partition == p.Number))
            .ToList();
        if (concerned.Count == 0)
        {
            return [];
        }

        using var search = new RecordSearch(options);
        return [.. concerned.Select(p => Plan(search, p, request, cancellationToken))];
    }

    private static KafkaReplayPlan Plan(
        RecordSearch search, KafkaPartition partition, KafkaReplayRequest request, CancellationToken cancellationToken)
    {
        var to = partition.Tracker.Position.NextOffset;
        if (partition.State != PartitionState.Running)
        {
            var reason = partition.BlockedReason is { } blocked ? $"stands still: {blocked}" : "is just beginning; try again";
            return Refuse($"{partition} {reason}.");
        }

        var topicPartition = new TopicPartition(partition.Topic, partition.Number);
        var log = search.GetBounds(topicPartition);
        var low = log.Low.Value;
        long from;
        if (request.FromMicros is { } micros)
        {
            from = search.FindFirst(topicPartition, low, Math.Min(to, log.High.Value), micros, cancellationToken) ?? to;
            if (low > 0 && from == low)
            {
                return Refuse(FormattableString.Invariant(
                    $"{partition}: the log begins at offset {low}, which is not before that time; what came earlier is gone."));
            }
        }
        else
        {
            from = request.Offset ?? low;
            if (from < low)
            {
                return Refuse(FormattableString.Invariant(
                    $"{partition}: offset {from} is gone from the log, which begins at offset {low}."));
            }
        }

        return new KafkaReplayPlan(partition.Topic, partition.Number, partition.Epoch, Math.Min(from, to), to, null);

        KafkaReplayPlan Refuse(string sentence) => new(partition.Topic, partition.Number, partition.Epoch, to, to, sentence);
    }
}
