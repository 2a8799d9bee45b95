using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Writes predictions to the log behind the back of those who wait for an answer.
/// </summary>
/// <remarks>
/// While PostgreSQL takes rows they go straight there, and the disk is not touched. Rows that it has not taken in time go to the disk
/// (<see cref="PredictionLogOptions.FlushMilliseconds"/>), and so does what follows, until the disk is empty again: so PostgreSQL gets them in
/// order, and at any moment all but the newest are on the disk or in PostgreSQL. When the disk is full too they wait in memory up to
/// <see cref="StorageOptions.MaxQueuedPredictions"/>; past that the newest are dropped and counted. What was written is never dropped.
/// </remarks>
public sealed partial class PredictionLog : IAsyncDisposable
{
    // Parts of the flush time. In the worst case a row waits for the write before its own, for its batch and for its own write:
    // what is left is for the disk.
    private const double WriteShare = 0.4;
    private const double LingerShare = 0.05;

    // A sync of the disk is dearer than a write to PostgreSQL, and rows that wait are moved by each garbage collection.
    private const double SpoolLingerShare = 0.1;

    // A write that took too long may still come to its end: then its rows are recognised when the disk's come.
    private static readonly TimeSpan AbandonedWrite = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AlarmTime = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly ILogger<PredictionLog> _logger;
    private readonly Channel<PredictionRow> _queue;
    private readonly PredictionSpool _spool;
    private readonly PredictionWriter _writer;
    private readonly SemaphoreSlim _appended = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopReplay = new();
    private readonly TimeSpan _patience;
    private readonly TimeSpan _linger;
    private readonly TimeSpan _spoolLinger;
    private readonly Task _running;
    private readonly Task _replaying;
    private Task _abandoned = Task.CompletedTask;
    private long _lastDrop;
    private volatile bool _isHeld;

    /// <summary>Opens the folder, takes over what was left there, and starts the writers.</summary>
    /// <exception cref="OptionsValidationException">The folder cannot be used; the message names its key.</exception>
    public PredictionLog(
        NpgsqlDataSource source,
        IOptions<StorageOptions> storage,
        IOptions<PredictionLogOptions> options,
        TimeProvider time,
        ILogger<PredictionLog> logger)
        : this(source, storage.Value, options.Value, time, logger, createFile: null)
    {
    }

    internal PredictionLog(
        NpgsqlDataSource source,
        StorageOptions storage,
        PredictionLogOptions options,
        TimeProvider time,
        ILogger<PredictionLog> logger,
        Func<string, Stream>? createFile)
    {
        _time = time;
        _logger = logger;
        _patience = TimeSpan.FromMilliseconds(options.FlushMilliseconds * WriteShare);
        _linger = TimeSpan.FromMilliseconds(options.FlushMilliseconds * LingerShare);
        _spoolLinger = TimeSpan.FromMilliseconds(options.FlushMilliseconds * SpoolLingerShare);
        _queue = Channel.CreateBounded<PredictionRow>(
            new BoundedChannelOptions(storage.MaxQueuedPredictions) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _spool = new PredictionSpool(options, time, createFile);
        _writer = new PredictionWriter(source, logger);
        if (!_spool.IsEmpty)
        {
            LogTakenOver(_logger, _spool.Bytes, _spool.Segments);
        }

        _running = Task.Run(RunAsync);
        _replaying = Task.Run(() => new SpoolReplay(_spool, _writer, time, logger).RunAsync(_appended, _stopReplay.Token));
    }

    /// <summary>How it does now.</summary>
    public PredictionLogState State => new(
        _spool.Bytes,
        _spool.OldestAge,
        _isHeld,
        Interlocked.Read(ref _lastDrop) is not 0 and var dropped && _time.GetElapsedTime(dropped) < AlarmTime);

    /// <summary>Queues a row; never waits.</summary>
    /// <returns>False when neither PostgreSQL nor the disk has taken rows for so long that the queue is full: the row is dropped and counted.</returns>
    public bool TryWrite(PredictionRow row)
    {
        var taken = _queue.Writer.TryWrite(row);
        if (!taken)
        {
            Drop(1);
        }

        return taken;
    }

    /// <summary>Writes what is queued, to PostgreSQL or else to the disk, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stop.CancelAsync();
        await _running;

        // Nothing can be lost from here on; what PostgreSQL takes now needs no next start.
        _spool.Complete();
        WakeReplay();
        await Task.WhenAny(Task.WhenAll(_abandoned, _replaying), Task.Delay(StopPatience, _time));
        await _stopReplay.CancelAsync();
        await _replaying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _spool.Dispose();
        _stop.Dispose();
        _stopReplay.Dispose();
        _appended.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<PredictionRow>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            // A few more rows a write cost PostgreSQL far less than as many writes.
            await PauseAsync(_spool.IsEmpty ? _linger : _spoolLinger);
            while (_queue.Reader.TryRead(out var row))
            {
                batch.Add(row);
            }

            if (!_spool.IsEmpty || !await TryWriteAsync(batch))
            {
                await SpoolAsync(batch);
            }

            batch.Clear();
        }
    }

    /// <summary>Whether PostgreSQL took all rows in time.</summary>
    private async Task<bool> TryWriteAsync(List<PredictionRow> batch)
    {
        var abandon = new CancellationTokenSource();
        var write = _writer.WriteAsync([.. batch], abandon.Token);
        try
        {
            await write.WaitAsync(_patience, _time);
            abandon.Dispose();
            return true;
        }
        catch (TimeoutException) when (!write.IsCompleted)
        {
            LogSpooling(_logger, batch.Count, "no answer in time");
            abandon.CancelAfter(AbandonedWrite);
            _abandoned = AbandonAsync(write, abandon);
            return false;
        }
        catch (Exception exception)
        {
            LogSpooling(_logger, batch.Count, exception.Message);
            abandon.Dispose();
            return false;
        }
    }

    private static async Task AbandonAsync(Task write, CancellationTokenSource abandon)
    {
        await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        abandon.Dispose();
    }

    private async Task SpoolAsync(List<PredictionRow> batch)
    {
        while (!await TrySpoolAsync(batch))
        {
            if (!_isHeld)
            {
                LogHeld(_logger, _spool.Bytes);
                _isHeld = true;
            }

            if (_stop.IsCancellationRequested)
            {
                Drop(batch.Count);
                return;
            }

            await PauseAsync(_patience);
            if (_spool.IsEmpty && await TryWriteAsync(batch))
            {
                break;
            }
        }

        _isHeld = false;
    }

    /// <summary>Whether the disk took all rows; those that it took leave the batch.</summary>
    private async Task<bool> TrySpoolAsync(List<PredictionRow> batch)
    {
        var started = _time.GetTimestamp();
        try
        {
            // A thread of its own: those of the pool have requests to answer while the disk works.
            var taken = await Task.Factory.StartNew(
                () => _spool.Append(batch), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            batch.RemoveRange(0, taken);
            StorageMetrics.SpooledPredictions.Add(taken);
            StorageMetrics.SpoolSeconds.Record(_time.GetElapsedTime(started).TotalSeconds);
        }
        catch (Exception exception)
        {
            // Whatever it is: the rows are kept and the disk is tried again.
            StorageMetrics.SpoolErrors.Add(1);
            LogDisk(_logger, exception.Message);
        }

        WakeReplay();
        return batch.Count == 0;
    }

    private void WakeReplay()
    {
        if (_appended.CurrentCount == 0)
        {
            _appended.Release();
        }
    }

    private Task PauseAsync(TimeSpan pause) =>
        Task.Delay(pause, _time, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);

    private void Drop(int count)
    {
        StorageMetrics.DroppedPredictions.Add(count);
        var now = _time.GetTimestamp();
        var last = Interlocked.Exchange(ref _lastDrop, now);
        if (last == 0 || _time.GetElapsedTime(last, now) > AlarmTime)
        {
            LogDropping(_logger, _spool.Bytes);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Bytes} bytes of predictions in {Files} files were left by an earlier process; they go to PostgreSQL now")]
    private static partial void LogTakenOver(ILogger logger, long bytes, int files);

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL did not take {Count} predictions ({Reason}); until it does, they wait on the disk")]
    private static partial void LogSpooling(ILogger logger, int count, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The disk did not take predictions: {Reason}")]
    private static partial void LogDisk(ILogger logger, string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Neither PostgreSQL nor the disk ({Bytes} bytes there) takes predictions: they wait in memory, where a kill loses them, and will be dropped")]
    private static partial void LogHeld(ILogger logger, long bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "Predictions are dropped: PostgreSQL is away, the disk takes no more ({Bytes} bytes there) and the queue is full")]
    private static partial void LogDropping(ILogger logger, long bytes);
}
