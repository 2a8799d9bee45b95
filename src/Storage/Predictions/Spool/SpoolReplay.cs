using Microsoft.Extensions.Logging;

namespace Levee.Storage;

/// <summary>Brings what is on the disk to PostgreSQL, oldest first, and tries again until it is there.</summary>
internal sealed partial class SpoolReplay(PredictionSpool spool, PredictionWriter writer, TimeProvider time, ILogger logger)
{
    // Rows that wait for PostgreSQL are moved by each garbage collection: no more than make its work cheap.
    private const int MaxBatch = 2_000;
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    // A server that stands still must not hold up the replay longer than this once it goes on.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // How soon the living take over what a dead process left.
    private static readonly TimeSpan AdoptEvery = TimeSpan.FromSeconds(5);

    // While PostgreSQL is away: one line now and then.
    private const int LoggedTries = 20;

    // Kept: arrays of this size are large objects, which only a collection of the whole heap frees.
    private byte[] _file = [];
    private int _tries;

    /// <summary>Replays until it is stopped, or until the spool is complete and is empty or PostgreSQL does not take it.</summary>
    /// <param name="appended">Completes its waits when something was appended, or the spool is complete.</param>
    /// <param name="stop">Ends it; what is not in PostgreSQL then stays on the disk.</param>
    public async Task RunAsync(SemaphoreSlim appended, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                if (spool.TakeOldest() is { } segment)
                {
                    var isWhole = await ReplayAsync(segment, stop);
                    spool.RemoveTaken(isDamaged: !isWhole);
                    _tries = 0;
                    continue;
                }
            }
            catch (Exception exception) when (!stop.IsCancellationRequested)
            {
                if (_tries++ % LoggedTries == 0)
                {
                    LogRetry(logger, spool.Bytes, exception.Message);
                }

                if (!spool.IsComplete)
                {
                    await Task.Delay(Retry, time, stop);
                    continue;
                }
            }

            if (spool.IsComplete)
            {
                return;
            }

            if (!await appended.WaitAsync(AdoptEvery, stop))
            {
                Adopt();
            }
        }
    }

    private void Adopt()
    {
        try
        {
            if (spool.Adopt())
            {
                LogAdopted(logger, spool.Bytes, spool.Segments);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotAdopted(logger, exception.Message);
        }
    }

    /// <summary>Returns when PostgreSQL has the rows of the file; false when there is more in it that is none.</summary>
    private async Task<bool> ReplayAsync(SpoolSegment segment, CancellationToken stop)
    {
        ReadOnlyMemory<byte> file;
        try
        {
            file = await ReadAsync(segment.Path, stop);
        }
        catch (FileNotFoundException exception)
        {
            StorageMetrics.CorruptFrames.Add(1);
            LogUnreadable(logger, segment.Path, exception);
            return false;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        var (rows, bad, replayed) = (new List<PredictionRow>(MaxBatch), new List<SpoolPart>(), 0);
        foreach (var part in SpoolFrame.Read(file))
        {
            if (Read(part) is not { } row)
            {
                bad.Add(part);
                continue;
            }

            rows.Add(row);
            replayed++;
            if (rows.Count == MaxBatch)
            {
                await writer.WriteAsync(rows, patience.Token);
            }
        }

        await writer.WriteAsync(rows, patience.Token);
        StorageMetrics.ReplayedPredictions.Add(replayed);
        return IsWhole(segment, bad);
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(string path, CancellationToken stop)
    {
        await using var input = File.OpenRead(path);
        if (_file.Length < input.Length)
        {
            _file = new byte[input.Length];
        }

        return _file.AsMemory(0, await input.ReadAtLeastAsync(_file.AsMemory(0, (int)input.Length), (int)input.Length, throwOnEndOfStream: false, stop));
    }

    // Null for what is damaged, or was written by a version that this one does not know.
    private PredictionRow? Read(SpoolPart part)
    {
        try
        {
            return part.Kind == SpoolPartKind.Payload ? PredictionRowFormat.Read(_file, part) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    // A torn end is what a kill leaves: nobody was told that it is safe, and it can be no prediction.
    private bool IsWhole(SpoolSegment segment, List<SpoolPart> bad)
    {
        var isWhole = true;
        foreach (var part in bad)
        {
            if (part.Kind == SpoolPartKind.Torn)
            {
                LogTorn(logger, segment.Path, part.Length);
                continue;
            }

            isWhole = false;
            StorageMetrics.CorruptFrames.Add(1);
            LogCorrupt(logger, segment.Path, part.Start, part.Length);
        }

        return isWhole;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Bytes} bytes of predictions wait on the disk for PostgreSQL ({Reason}); trying again")]
    private static partial void LogRetry(ILogger logger, long bytes, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "A process that has died left {Bytes} bytes of predictions in {Files} files; they go to PostgreSQL now")]
    private static partial void LogAdopted(ILogger logger, long bytes, int files);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The files of other processes could not be looked at: {Reason}")]
    private static partial void LogNotAdopted(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{File} ends in the middle of a prediction ({Bytes} bytes), as after a kill; the others are in PostgreSQL")]
    private static partial void LogTorn(ILogger logger, string file, int bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} is damaged: {Bytes} bytes at {At} are no prediction; the others are in PostgreSQL, and the file is kept as .corrupt")]
    private static partial void LogCorrupt(ILogger logger, string file, int at, int bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} cannot be read; it is kept as .corrupt")]
    private static partial void LogUnreadable(ILogger logger, string file, Exception exception);
}
