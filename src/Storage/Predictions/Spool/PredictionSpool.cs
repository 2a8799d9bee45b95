using System.Globalization;
using Levee.Features;

namespace Levee.Storage;

/// <summary>
/// Predictions on the disk, in files that are read whole, oldest first, and removed when PostgreSQL has their rows. Written by one thread,
/// read by another. A file that could not be written to its end is closed where it was last flushed; what is written again then, or was
/// in PostgreSQL already, is recognised there by its id.
/// </summary>
internal sealed class PredictionSpool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PredictionLogOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<string, Stream> _create;
    private readonly SpoolFolder _folder;
    private readonly MemoryStream _frame = new();
    private readonly BinaryWriter _payload;
    private Queue<SpoolSegment> _closed = new();
    private SpoolSegment? _open;
    private SpoolSegment? _taken;
    private long _bytes;
    private long _lastName;
    private volatile int _segments;
    private volatile bool _isComplete;
    private long _oldestMicros;

    /// <summary>Opens the folder.</summary>
    /// <param name="options">Folder and bounds.</param>
    /// <param name="time">Names the files.</param>
    /// <param name="create">Makes a file to write; null for a real one.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The folder cannot be used.</exception>
    public PredictionSpool(PredictionLogOptions options, TimeProvider time, Func<string, Stream>? create = null)
    {
        _options = options;
        _time = time;
        _create = create ?? CreateFile;
        _payload = new BinaryWriter(_frame);
        _folder = SpoolFolder.Take(options.Folder);
        var folder = new DirectoryInfo(_folder.Path);
        TakeOver([.. folder.GetFiles(SpoolFolder.SegmentPattern), .. folder.GetFiles("*" + SpoolFolder.CorruptExtension)]);
        Adopt();
        StorageMetrics.Spools.TryAdd(this, true);
    }

    /// <summary>Whether PostgreSQL has everything.</summary>
    public bool IsEmpty => _segments == 0;

    /// <summary>How many files there are.</summary>
    public int Segments => _segments;

    /// <summary>Bytes on the disk, with those that were set aside.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Whether nothing will be appended any more.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Age of the oldest file; zero when there is none.</summary>
    public TimeSpan OldestAge => Interlocked.Read(ref _oldestMicros) is > 0 and var oldest
        ? TimeSpan.FromMicroseconds(Math.Max(0, Now - oldest))
        : TimeSpan.Zero;

    private long Now => UnixMicros.FromDateTimeOffset(_time.GetUtcNow());

    /// <summary>Writes rows in order; when this returns, those taken outlive the process, and with the option the machine's failure too.</summary>
    /// <returns>How many were taken: fewer than given when the bound is reached.</returns>
    /// <exception cref="IOException">The disk does not take them; none counts as taken. <see cref="UnauthorizedAccessException"/> likewise.</exception>
    public int Append(IReadOnlyList<PredictionRow> rows)
    {
        lock (_gate)
        {
            try
            {
                var taken = 0;
                while (taken < rows.Count && TryWrite(rows[taken]))
                {
                    taken++;
                }

                Flush();
                return taken;
            }
            catch
            {
                Abandon();
                throw;
            }
        }
    }

    /// <summary>Takes over what processes left that have died.</summary>
    /// <returns>Whether there was something.</returns>
    public bool Adopt()
    {
        lock (_gate)
        {
            var files = _folder.AdoptOthers();
            TakeOver(files);
            return files.Count > 0;
        }
    }

    /// <summary>The oldest file, which then is not written any more; null when there is none. The same one until it is removed.</summary>
    public SpoolSegment? TakeOldest()
    {
        lock (_gate)
        {
            if (_taken is null && _closed.Count == 0)
            {
                Close();
            }

            return _taken ??= _closed.Count > 0 ? _closed.Dequeue() : null;
        }
    }

    /// <summary>Is done with the file that was taken. One that cannot be removed is read again at the next start, which changes nothing.</summary>
    /// <param name="isDamaged">Whether to keep it, under another name, for people to look at.</param>
    public void RemoveTaken(bool isDamaged)
    {
        lock (_gate)
        {
            var segment = _taken ?? throw new InvalidOperationException("No file was taken.");
            _taken = null;
            Count(-1);
            if (!isDamaged)
            {
                AddBytes(-segment.Length);
                File.Delete(segment.Path);
            }
            else if (File.Exists(segment.Path))
            {
                File.Move(segment.Path, Path.ChangeExtension(segment.Path, SpoolFolder.CorruptExtension), overwrite: true);
            }
        }
    }

    /// <summary>Says that nothing will be appended any more.</summary>
    public void Complete() => _isComplete = true;

    /// <summary>Closes the files; what is in them stays for the next start.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _open?.Stream?.Dispose();
            StorageMetrics.Spools.TryRemove(this, out _);
            AddBytes(-_bytes);
            StorageMetrics.SpoolSegments.Add(-_segments);
            _segments = 0;
            _folder.Dispose();
        }
    }

    private static FileStream CreateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 64 * 1024 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private bool TryWrite(PredictionRow row)
    {
        _frame.SetLength(0);
        _frame.Write(stackalloc byte[SpoolFrame.HeaderBytes]);
        PredictionRowFormat.Write(_payload, row);
        var frame = _frame.GetBuffer().AsSpan(0, (int)_frame.Length);
        if (_bytes + frame.Length > _options.MaxBytes)
        {
            return false;
        }

        SpoolFrame.WriteHeader(frame, frame[SpoolFrame.HeaderBytes..]);
        var segment = _open ?? Open();
        segment.Stream!.Write(frame);
        segment.Length += frame.Length;
        AddBytes(frame.Length);
        if (segment.Length >= _options.SegmentBytes)
        {
            Close();
        }

        return true;
    }

    private SpoolSegment Open()
    {
        // The name is the order, also of files of several processes and when the clock goes back.
        _lastName = Math.Max(Now, _lastName + 1);
        var name = string.Create(CultureInfo.InvariantCulture, $"{_lastName:D17}-{Environment.ProcessId}{SpoolFolder.SegmentExtension}");
        var segment = new SpoolSegment(Path.Combine(_folder.Path, name), _lastName);
        segment.Stream = _create(segment.Path);
        _open = segment;
        Count(1);
        return segment;
    }

    private void Flush()
    {
        if (_open is not { Stream: { } stream } segment)
        {
            return;
        }

        stream.Flush();
        if (_options.Sync && stream is FileStream file)
        {
            file.Flush(flushToDisk: true);
        }

        segment.Flushed = segment.Length;
    }

    private void Close()
    {
        Flush();
        if (_open is { } segment)
        {
            segment.Stream!.Dispose();
            segment.Stream = null;
            _closed.Enqueue(segment);
            _open = null;
        }
    }

    // Whatever is behind the last flush is written again, so that it may be cut off; where it cannot be, the reader takes it as torn.
    private void Abandon()
    {
        if (_open is not { } segment)
        {
            return;
        }

        _open = null;
        AddBytes(segment.Flushed - segment.Length);
        segment.Length = segment.Flushed;
        try
        {
            segment.Stream!.Dispose();
        }
        catch (IOException)
        {
            // Its buffer still had what the disk does not take.
        }

        segment.Stream = null;
        if (segment.Flushed == 0)
        {
            Count(-1);
            File.Delete(segment.Path);
            return;
        }

        _closed.Enqueue(segment);
        using var file = new FileStream(segment.Path, FileMode.Open, FileAccess.Write);
        file.SetLength(segment.Flushed);
    }

    private void TakeOver(IReadOnlyList<FileInfo> files)
    {
        foreach (var file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            AddBytes(file.Length);
            if (file.Extension != SpoolFolder.SegmentExtension)
            {
                continue;
            }

            var created = long.TryParse(file.Name.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var micros) ? micros : Now;
            _lastName = Math.Max(_lastName, created);
            _closed.Enqueue(new SpoolSegment(file.FullName, created) { Length = file.Length, Flushed = file.Length });
            Count(1);
        }

        _closed = new Queue<SpoolSegment>(_closed.OrderBy(segment => segment.CreatedMicros));
        Count(0);
    }

    private void Count(int segments)
    {
        _segments += segments;
        StorageMetrics.SpoolSegments.Add(segments);
        var oldest = _taken ?? (_closed.TryPeek(out var first) ? first : _open);
        Interlocked.Exchange(ref _oldestMicros, oldest?.CreatedMicros ?? 0);
    }

    private void AddBytes(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        StorageMetrics.SpoolBytes.Add(bytes);
    }
}
