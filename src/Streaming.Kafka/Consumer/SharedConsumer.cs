using System.Diagnostics;
using Confluent.Kafka;

namespace Levee.Streaming.Kafka;

/// <summary>
/// A consumer that others ask too while its own thread polls it. The client frees its memory when it is closed, whoever is inside a call, so
/// it is closed when nobody is.
/// </summary>
/// <param name="client">The consumer.</param>
internal sealed class SharedConsumer(IConsumer<byte[], byte[]> client)
{
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _unused = new(initialState: true);
    private int _users;
    private bool _isEnding;

    /// <summary>The consumer. Without <see cref="TryUse"/> for its own thread only.</summary>
    public IConsumer<byte[], byte[]> Client => client;

    /// <summary>Keeps the consumer open until what is returned is disposed; null when it is being closed.</summary>
    public Use? TryUse()
    {
        lock (_gate)
        {
            if (_isEnding)
            {
                return null;
            }

            _users++;
            _unused.Reset();
            return new Use(this);
        }
    }

    /// <summary>Lets nobody in any more, and waits for those who are in.</summary>
    /// <param name="patience">How long; a call that is still under way then gets what the client makes of it.</param>
    public void End(TimeSpan patience)
    {
        lock (_gate)
        {
            _isEnding = true;
        }

        _unused.Wait(patience);
    }

    private void Leave()
    {
        lock (_gate)
        {
            Debug.Assert(_users > 0, "Each use leaves once.");
            if (--_users == 0)
            {
                _unused.Set();
            }
        }
    }

    /// <summary>The consumer, open until this is disposed.</summary>
    /// <param name="shared">Whose use it is.</param>
    public sealed class Use(SharedConsumer shared) : IDisposable
    {
        private SharedConsumer? _shared = shared;

        /// <summary>The consumer.</summary>
        public IConsumer<byte[], byte[]> Client { get; } = shared.Client;

        /// <inheritdoc />
        public void Dispose() => Interlocked.Exchange(ref _shared, null)?.Leave();
    }
}
