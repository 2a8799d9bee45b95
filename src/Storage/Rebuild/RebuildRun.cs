using System.Data;
using System.Globalization;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// One rebuild under way: compares portion by portion, looks again at what traffic may explain, and replaces what differs.
/// </summary>
internal sealed class RebuildRun(
    NpgsqlDataSource source,
    RebuildRequest request,
    TimeProvider time,
    Action<StateDifference> onDifference,
    Action<RebuildProgress> onProgress)
{
    private static readonly TimeSpan SettleInterval = TimeSpan.FromMilliseconds(200);

    private readonly StateSwap _swap = new(source, request.Topic, time);
    private RebuildProgress _progress;

    public RebuildProgress Progress => _progress;

    /// <summary>Compares the states of some keys with their rows, all in one snapshot of the database.</summary>
    public async Task CompareAsync(GrainKind kind, long[] keys, CancellationToken cancellationToken)
    {
        var doubtful = new List<Doubt>();
        await using (var connection = await source.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var reader = new RebuildReader(connection, transaction);
            var portion = await RebuildPortion.ReadAsync(reader, kind, keys, request.Topic, cancellationToken);
            await foreach (var rebuilt in portion.RebuildAsync(cancellationToken))
            {
                _progress = _progress with
                {
                    Kind = kind,
                    Keys = _progress.Keys + 1,
                    Transactions = _progress.Transactions + rebuilt.Count,
                };
                var differences = rebuilt.Compare();
                if (differences.Count > 0)
                {
                    doubtful.Add(new Doubt(rebuilt, differences, portion));
                }
            }
        }

        foreach (var doubt in doubtful)
        {
            await JudgeAsync(doubt, cancellationToken);
        }

        onProgress(_progress);
    }

    private async Task JudgeAsync(Doubt doubt, CancellationToken cancellationToken)
    {
        var (rebuilt, differences, portion) = doubt;
        if (!rebuilt.IsSettled)
        {
            if (await SettleAsync(rebuilt, portion, cancellationToken) is not { } settled)
            {
                Give(rebuilt, "not judged", "its partitions stand still: records that it has folded are not complete at their customers");
                return;
            }

            rebuilt = settled;
            differences = settled.Compare();
        }

        if (differences.Count == 0)
        {
            return;
        }

        _progress = _progress with { Different = _progress.Different + 1 };
        differences.ForEach(onDifference);
        if (!request.Apply)
        {
            return;
        }

        if (await _swap.TryAsync(rebuilt, cancellationToken))
        {
            _progress = _progress with { Applied = _progress.Applied + 1 };
        }
        else
        {
            Give(rebuilt, "not replaced", "too much is under way for it; try again");
        }
    }

    // A merchant commits apart from its customers, and what it holds may not be in the table yet. Its state of that moment is kept; once
    // the checkpoints have passed its offsets every row of it must be there, whatever came since.
    private async Task<StateRebuild?> SettleAsync(StateRebuild rebuilt, RebuildPortion portion, CancellationToken cancellationToken)
    {
        var offsets = rebuilt.Live!.ReadOffsets(out _);
        var started = time.GetTimestamp();
        while (true)
        {
            await using (var connection = await source.OpenConnectionAsync(cancellationToken))
            {
                var reader = new RebuildReader(connection, null);
                if ((await reader.ReadOffsetsAsync(request.Topic, cancellationToken)).Settles(offsets))
                {
                    return await portion.RebuildAgainAsync(reader, rebuilt.Key, cancellationToken);
                }
            }

            if (time.GetElapsedTime(started) > request.SettleTimeout)
            {
                return null;
            }

            await Task.Delay(SettleInterval, time, cancellationToken);
        }
    }

    private void Give(StateRebuild rebuilt, string field, string reason)
    {
        _progress = _progress with { Unsettled = _progress.Unsettled + 1 };
        onDifference(new StateDifference(
            rebuilt.Kind,
            rebuilt.Key,
            field,
            rebuilt.Live is { } live ? $"sequence {live.Sequence.ToString(CultureInfo.InvariantCulture)}" : "-",
            reason));
    }

    private sealed record Doubt(StateRebuild Rebuilt, List<StateDifference> Differences, RebuildPortion Portion);
}
