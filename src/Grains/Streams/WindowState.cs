using Levee.Storage;

namespace Levee.Grains.Streams;

/// <summary>
/// A grain's window with what belongs to it, read from PostgreSQL on first use rather than on activation: an activation that waited for
/// the database would hold up its whole partition. Several interleaved calls share one read.
/// </summary>
/// <typeparam name="TWindow">The window.</typeparam>
internal sealed class WindowState<TWindow>(
    GrainStateStore store, GrainKind kind, long key, Func<TWindow> create, Func<byte[], TWindow> read, Action<byte[], TWindow> replay)
    where TWindow : class
{
    // A small window is written whole once its journal has this many bytes, a large one when the journal is as large as itself: what is
    // written is at most twice what changed. And no journal takes longer to read than this many rows.
    private const int MinJournalBytes = 4_096;
    private const int MaxJournalRows = 1_024;

    private Task<Loaded>? _loading;

    /// <summary>The state if it is in memory already, else null.</summary>
    public Loaded? InMemory => _loading is { IsCompletedSuccessfully: true } done ? done.Result : null;

    /// <summary>Reads the state unless it is in memory; throws when PostgreSQL cannot be read.</summary>
    public Task<Loaded> GetAsync()
    {
        if (_loading is null or { IsFaulted: true } or { IsCanceled: true })
        {
            _loading = LoadAsync();
        }

        return _loading;
    }

    /// <summary>The state if it can be had in the given time, else null; never throws for the database's sake.</summary>
    public async ValueTask<Loaded?> TryGetAsync(TimeSpan maxWait, TimeProvider time)
    {
        if (InMemory is { } loaded)
        {
            return loaded;
        }

        try
        {
            return await GetAsync().WaitAsync(maxWait, time);
        }
        catch (Exception)
        {
            // Timed out or the database is away. Whoever writes meets the same error and reports it; a reader goes without history.
            return null;
        }
    }

    /// <summary>Forgets what is in memory, after a commit that failed: the next use reads what is durable.</summary>
    public void Discard() => _loading = null;

    private async Task<Loaded> LoadAsync()
    {
        var stored = await store.ReadAsync(kind, key, CancellationToken.None);
        if (stored is null)
        {
            return new Loaded(create(), new OffsetVector(), 0, 0, []);
        }

        var window = read(stored.Snapshot);
        foreach (var delta in stored.Deltas)
        {
            replay(delta, window);
        }

        return new Loaded(window, OffsetVector.FromJson(stored.Offsets), stored.Version, stored.Snapshot.Length, stored.Deltas);
    }

    /// <summary>What is in memory.</summary>
    internal sealed class Loaded(
        TWindow window, OffsetVector offsets, long version, int snapshotBytes, IReadOnlyList<byte[]> deltas)
    {
        private int _snapshotBytes = snapshotBytes;
        private int _journalRows = deltas.Count;
        private long _journalBytes = deltas.Sum(delta => (long)delta.Length);

        public TWindow Window { get; } = window;

        /// <summary>Held by whoever folds, and by whoever looks at the window outside the grain's turns.</summary>
        public Lock Gate { get; } = new();

        public OffsetVector Offsets { get; } = offsets;

        /// <summary>Version of the row in PostgreSQL that this continues; 0 when there is none yet.</summary>
        public long Version { get; private set; } = version;

        /// <summary>What the next commit writes: the change, or the whole window when its journal has become long.</summary>
        /// <param name="delta">What changed since <see cref="Version"/>.</param>
        /// <param name="snapshot">Serialises the window.</param>
        public StateChange Next(byte[] delta, Func<byte[]> snapshot) =>
            Version == 0 || _journalRows >= MaxJournalRows || _journalBytes + delta.Length > Math.Max(_snapshotBytes, MinJournalBytes)
                ? StateChange.Snapshot(snapshot())
                : StateChange.Delta(delta);

        /// <summary>A commit is durable.</summary>
        /// <param name="newVersion">Version of the row now.</param>
        /// <param name="change">What it wrote.</param>
        public void Committed(long newVersion, StateChange change)
        {
            Version = newVersion;
            (_snapshotBytes, _journalRows, _journalBytes) = change.IsSnapshot
                ? (change.Bytes.Length, 0, 0)
                : (_snapshotBytes, _journalRows + 1, _journalBytes + change.Bytes.Length);
        }
    }
}
