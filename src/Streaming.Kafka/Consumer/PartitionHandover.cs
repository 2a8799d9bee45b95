using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Levee.Streaming.Kafka;

/// <summary>Ends the ownership of partitions. Runs on the consumer's thread, which it may block: heartbeats go on elsewhere.</summary>
internal sealed class PartitionHandover(
    KafkaStreamOptions options,
    PartitionTable table,
    CheckpointCommitter committer,
    IClusterMembershipService? membership,
    ILogger logger)
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CommitTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AgentTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettlePatience = TimeSpan.FromMilliseconds(500);

    /// <summary>Lets deliveries under way finish, stores and commits how far everything is, and only then lets go.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="intakes">The partitions' intakes.</param>
    public void GiveBack(IConsumer<byte[], byte[]> consumer, IReadOnlyList<PartitionIntake> intakes)
    {
        if (intakes.Count == 0)
        {
            return;
        }

        List<KafkaPartition> partitions = [.. intakes.Select(i => i.Partition)];
        var startedAt = Stopwatch.GetTimestamp();
        Settle(partitions);
        var isDrained = true;
        foreach (var partition in partitions)
        {
            var left = options.DrainTimeout - Stopwatch.GetElapsedTime(startedAt);
            isDrained &= partition.Drain(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        StoreAndCommit(consumer, partitions);
        LetGo(intakes);
        Log.PartitionsReleased(logger, string.Join(", ", partitions), isDrained ? "finished" : "not all finished");
    }

    /// <summary>
    /// The group has given the partitions to others already. A silo that was frozen may also have been declared dead: asking the
    /// membership table before going on ends such a silo before it can take partitions again.
    /// </summary>
    /// <param name="intakes">The partitions' intakes.</param>
    public void Lose(IReadOnlyList<PartitionIntake> intakes)
    {
        if (intakes.Count == 0)
        {
            return;
        }

        Log.PartitionsLost(logger, string.Join(", ", intakes.Select(i => i.Partition)));
        Abandon(intakes);
        if (membership is null)
        {
            return;
        }

        try
        {
            Task.Run(async () => await membership.Refresh()).Wait(StoreTimeout);
        }
        catch (AggregateException exception)
        {
            Log.UpkeepFailed(logger, exception);
        }
    }

    /// <summary>Lets go without storing or committing.</summary>
    /// <param name="intakes">The partitions' intakes.</param>
    public void Abandon(IReadOnlyList<PartitionIntake> intakes)
    {
        foreach (var intake in intakes)
        {
            intake.Partition.EndDeliveries();
        }

        LetGo(intakes);
    }

    // Lets the overtaken records catch up, for as long as that goes on: a grain that fails or a database that is away ends it.
    private void Settle(List<KafkaPartition> partitions)
    {
        partitions.ForEach(p => p.BeginDrain());
        var startedAt = Stopwatch.GetTimestamp();
        var (completed, movedAt) = (0L, startedAt);
        while (!partitions.TrueForAll(p => p.IsSettled)
            && Stopwatch.GetElapsedTime(startedAt) < options.DrainTimeout / 2
            && Stopwatch.GetElapsedTime(movedAt) < SettlePatience)
        {
            Thread.Sleep(1);
            var now = partitions.Sum(p => p.Completed);
            if (now != completed)
            {
                (completed, movedAt) = (now, Stopwatch.GetTimestamp());
            }
        }

        partitions.ForEach(p => p.EndDeliveries());
    }

    private void LetGo(IReadOnlyList<PartitionIntake> intakes)
    {
        foreach (var intake in intakes)
        {
            intake.Partition.Release();
        }

        table.Remove(intakes);
        var startedAt = Stopwatch.GetTimestamp();
        foreach (var intake in intakes)
        {
            var left = AgentTimeout - Stopwatch.GetElapsedTime(startedAt);
            intake.Partition.WaitForAgent(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    private void StoreAndCommit(IConsumer<byte[], byte[]> consumer, List<KafkaPartition> partitions)
    {
        using var timeout = new CancellationTokenSource(StoreTimeout);
        try
        {
            // A broker that is away would hold a commit up for ever; the checkpoint alone is enough to go on from.
            if (Task.Run(() => committer.StoreAsync(partitions, timeout.Token)).GetAwaiter().GetResult())
            {
                Task.Run(() => committer.Commit(consumer, partitions, CommitTimeout)).Wait(CommitTimeout);
            }
        }
        catch (Exception exception)
        {
            // The next owner begins at the last checkpoint instead: more is delivered again, nothing is lost.
            Log.StoreFailed(logger, exception);
        }
    }
}
