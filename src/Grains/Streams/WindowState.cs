using Levee.Storage;

namespace Levee.Grains.Streams;

/// <summary>
/// A grain's window with what belongs to it, read from PostgreSQL on first use rather than on activation: an activation that waited for
/// the database would hold up its whole partition. Several interleaved calls share one read.
/// </summary>
/// <typeparam name="TWindow">The window.</typeparam>
internal sealed class WindowState<TWindow>(GrainStateStore store, GrainKind kind, long key, Func<TWindow> create, Func<byte[], TWindow> read)
    where TWindow : class
{
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
        return stored is null
            ? new Loaded(create(), new OffsetVector(), 0)
            : new Loaded(read(stored.State), OffsetVector.FromJson(stored.Offsets), stored.Version);
    }

    /// <summary>What is in memory.</summary>
    internal sealed class Loaded(TWindow window, OffsetVector offsets, long version)
    {
        public TWindow Window { get; } = window;

        public OffsetVector Offsets { get; } = offsets;

        /// <summary>Version of the row in PostgreSQL that this continues; 0 when there is none yet.</summary>
        public long Version { get; set; } = version;
    }
}
