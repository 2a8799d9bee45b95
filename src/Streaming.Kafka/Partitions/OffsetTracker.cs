namespace Levee.Streaming.Kafka;

/// <summary>
/// Finds up to which offset a partition's records are complete. Records are added in offset order (offsets may have gaps) and complete
/// in any order; the position is that of the first record that is not complete. Safe for several threads.
/// </summary>
internal sealed class OffsetTracker
{
    private readonly Lock _gate = new();
    private Entry[] _ring = new Entry[256];
    private long _head;
    private long _tail;
    private long _nextOffset;
    private long _reached;
    private long _watermark;
    private int _incomplete;

    /// <summary>Starts with nothing to wait for.</summary>
    /// <param name="nextOffset">Everything before this offset is complete.</param>
    /// <param name="watermark">The watermark of the last complete record.</param>
    public OffsetTracker(long nextOffset, long watermark)
    {
        _nextOffset = nextOffset;
        _reached = long.MinValue;
        _watermark = watermark;
    }

    /// <summary>Records added and not complete.</summary>
    public int Incomplete
    {
        get
        {
            lock (_gate)
            {
                return _incomplete;
            }
        }
    }

    /// <summary>Records added and not behind the position: the incomplete ones, and those that completed ahead of one of them.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return (int)(_tail - _head);
            }
        }
    }

    /// <summary>The first offset that is not known to be complete, and the watermark stamped on the last complete record.</summary>
    public (long NextOffset, long Watermark) Position
    {
        get
        {
            lock (_gate)
            {
                return (_nextOffset, _watermark);
            }
        }
    }

    /// <summary>
    /// Up to where the records added are complete, before the position while records below it are delivered once more;
    /// <see cref="long.MinValue"/> before the first.
    /// </summary>
    public long Reached
    {
        get
        {
            lock (_gate)
            {
                return _reached;
            }
        }
    }

    /// <summary>When the oldest incomplete record was received, or null when there is none.</summary>
    public long? OldestReceivedAt
    {
        get
        {
            lock (_gate)
            {
                return _head == _tail ? null : _ring[_head & (_ring.Length - 1)].ReceivedAt;
            }
        }
    }

    /// <summary>Adds the next record.</summary>
    /// <param name="offset">Its offset; greater than any added before. Below the position it moves nothing.</param>
    /// <param name="targets">How often <see cref="Complete"/> must be called for it; with 0 it is complete now.</param>
    /// <param name="watermark">The watermark stamped on it.</param>
    /// <param name="receivedAt">When it was received, on any clock.</param>
    /// <returns>A handle for <see cref="Complete"/>.</returns>
    public long Add(long offset, int targets, long watermark, long receivedAt)
    {
        lock (_gate)
        {
            if (_tail - _head == _ring.Length)
            {
                Grow();
            }

            var handle = _tail++;
            _ring[handle & (_ring.Length - 1)] = new Entry(offset, watermark, receivedAt, targets);
            if (targets == 0)
            {
                Advance();
            }
            else
            {
                _incomplete++;
            }

            return handle;
        }
    }

    /// <summary>Says that one target of a record is done.</summary>
    /// <param name="handle">What <see cref="Add"/> returned.</param>
    public void Complete(long handle)
    {
        lock (_gate)
        {
            var remaining = handle < _head || handle >= _tail ? -1 : --_ring[handle & (_ring.Length - 1)].Remaining;
            if (remaining < 0)
            {
                throw new InvalidOperationException("A record was completed more often than it has targets.");
            }

            _incomplete -= remaining == 0 ? 1 : 0;

            if (handle == _head)
            {
                Advance();
            }
        }
    }

    /// <summary>Moves the watermark on while nothing is incomplete.</summary>
    /// <param name="watermark">The new watermark; ignored when it is not later.</param>
    /// <returns>False when a record is incomplete.</returns>
    public bool TryAdvanceWatermark(long watermark)
    {
        lock (_gate)
        {
            if (_head != _tail)
            {
                return false;
            }

            _watermark = Math.Max(_watermark, watermark);
            return true;
        }
    }

    private void Advance()
    {
        while (_head < _tail)
        {
            ref var entry = ref _ring[_head & (_ring.Length - 1)];
            if (entry.Remaining > 0)
            {
                return;
            }

            _reached = entry.Offset + 1;
            _nextOffset = Math.Max(_nextOffset, _reached);
            _watermark = entry.Watermark;
            _head++;
        }
    }

    private void Grow()
    {
        var larger = new Entry[_ring.Length * 2];
        for (var i = _head; i < _tail; i++)
        {
            larger[i & (larger.Length - 1)] = _ring[i & (_ring.Length - 1)];
        }

        _ring = larger;
    }

    private struct Entry(long offset, long watermark, long receivedAt, int remaining)
    {
        public readonly long Offset = offset;
        public readonly long Watermark = watermark;
        public readonly long ReceivedAt = receivedAt;
        public int Remaining = remaining;
    }
}
