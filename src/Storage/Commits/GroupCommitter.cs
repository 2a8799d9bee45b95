using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Commits the work of all grains of a silo in few PostgreSQL transactions. Each grain's part stands or falls alone; while PostgreSQL is
/// away everybody waits, and when it is back everything goes on.
/// </summary>
public sealed partial class GroupCommitter : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(2);

    private readonly NpgsqlDataSource _source;
    private readonly StorageOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<GroupCommitter> _logger;
    private readonly Channel<CommitWork> _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _writers;

    /// <summary>Starts the writers.</summary>
    public GroupCommitter(NpgsqlDataSource source, IOptions<StorageOptions> options, TimeProvider time, ILogger<GroupCommitter> logger)
    {
        _source = source;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _queue = Channel.CreateBounded<CommitWork>(_options.MaxQueued);

        // Off the caller's scheduler: a writer must not run as a grain's turn.
        _writers = [.. Enumerable.Range(0, _options.Writers).Select(_ => Task.Run(WriteAsync))];
    }

    /// <summary>Commits a grain's work.</summary>
    /// <param name="commit">The work. It must not change until the task has ended.</param>
    /// <param name="cancellationToken">Gives up waiting; the work may be committed all the same.</param>
    /// <exception cref="ArgumentException">A first commit is not a snapshot.</exception>
    /// <exception cref="PostgresException">PostgreSQL refused for a reason that trying again does not mend.</exception>
    /// <exception cref="ChannelClosedException">The committer is stopping.</exception>
    public async Task<CommitResult> CommitAsync(GrainCommit commit, CancellationToken cancellationToken)
    {
        if (commit is { ExpectedVersion: 0, State.IsSnapshot: false })
        {
            throw new ArgumentException($"The first commit of {commit.Kind} {commit.Key} has nothing that its delta could continue.", nameof(commit));
        }

        var work = new CommitWork(commit);
        await _queue.Writer.WriteAsync(work, cancellationToken);
        StorageMetrics.Queued.Add(1);
        try
        {
            return await work.Done.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            work.IsAbandoned = true;
            StorageMetrics.Queued.Add(-1);
        }
    }

    /// <summary>Commits what is queued and stops; what PostgreSQL does not take in time is failed.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stop.CancelAfter(TimeSpan.FromSeconds(3));
        await Task.WhenAll(_writers);
        _stop.Dispose();
    }

    private async Task WriteAsync()
    {
        await using var connection = new WriterConnection(_source);
        var later = new List<CommitWork>();
        var batch = new List<CommitWork>();
        while (later.Count > 0 || await _queue.Reader.WaitToReadAsync())
        {
            Take(later, batch);
            if (batch.Count < _options.MaxBatch && _options.LingerMilliseconds > 0 && later.Count == 0 && !_queue.Reader.Completion.IsCompleted)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(_options.LingerMilliseconds), _time);
                Take(later, batch);
            }

            if (batch.Count == 0)
            {
                continue;
            }

            StorageMetrics.BatchSize.Record(batch.Count);
            var started = _time.GetTimestamp();
            await CommitAsync(connection, batch);
            StorageMetrics.CommitSeconds.Record(_time.GetElapsedTime(started).TotalSeconds);
            batch.Clear();
        }
    }

    // A grain, and a transaction id, is in a batch once: the second waits for the next one, where it finds the first committed.
    private void Take(List<CommitWork> later, List<CommitWork> batch)
    {
        var keys = batch.Select(work => work.Key).ToHashSet();
        var ids = batch.SelectMany(work => work.Commit.Transactions).Select(row => row.Transaction.TransactionId).ToHashSet();
        var waiting = later.ToArray();
        later.Clear();
        foreach (var work in waiting)
        {
            Place(work);
        }

        while (batch.Count < _options.MaxBatch && later.Count < _options.MaxBatch && _queue.Reader.TryRead(out var work))
        {
            Place(work);
        }

        void Place(CommitWork work)
        {
            if (work.IsAbandoned)
            {
                return;
            }

            if (keys.Contains(work.Key) || work.Commit.Transactions.Any(row => ids.Contains(row.Transaction.TransactionId)))
            {
                later.Add(work);
                return;
            }

            keys.Add(work.Key);
            ids.UnionWith(work.Commit.Transactions.Select(row => row.Transaction.TransactionId));
            batch.Add(work);
        }
    }

    private async Task CommitAsync(WriterConnection connection, List<CommitWork> works)
    {
        var batch = new CommitBatch(_source, connection, works);
        var delay = FirstRetry;
        while (works.Count > 0)
        {
            try
            {
                await batch.CommitAsync(_stop.Token);
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested && StorageErrors.IsTransient(exception))
            {
                works.ForEach(work => work.MayBeDone = true);
                StorageMetrics.Retries.Add(1);
                LogRetry(_logger, works.Count, exception.Message);
                await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < LastRetry ? delay * 2 : LastRetry;
            }
            catch (Exception exception)
            {
                await FailAsync(connection, works, exception);
            }
        }
    }

    // One work that PostgreSQL refuses must not take the others down with it: alone, each shows its own fate.
    private async Task FailAsync(WriterConnection connection, List<CommitWork> works, Exception exception)
    {
        if (works.Count == 1 || _stop.IsCancellationRequested)
        {
            works.ForEach(work => work.Done.TrySetException(exception));
            works.Clear();
            return;
        }

        works.ForEach(work => work.MayBeDone = true);
        LogSplit(_logger, works.Count, exception);
        foreach (var work in works)
        {
            await CommitAsync(connection, [work]);
        }

        works.Clear();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL did not take the work of {Count} grains ({Reason}); trying again")]
    private static partial void LogRetry(ILogger logger, int count, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL refused the shared work of {Count} grains; committing them one by one")]
    private static partial void LogSplit(ILogger logger, int count, Exception exception);
}
