using System.Globalization;
using System.Threading.Channels;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Reads the states of one kind of grain, many in one query: when a thousand grains awake at once, each waits for a few queries and not for
/// its own behind all the others'. Nobody waits for company: what has queued up while a query was under way makes the next one.
/// </summary>
internal sealed class StateReader
{
    private const int MaxBatch = 256;

    private readonly NpgsqlDataSource _source;
    private readonly GrainKind _kind;
    private readonly string _sql;
    private readonly Channel<StateRead> _queue;

    /// <summary>Starts to read.</summary>
    public StateReader(NpgsqlDataSource source, GrainKind kind, StorageOptions options)
    {
        _queue = Channel.CreateBounded<StateRead>(options.MaxQueuedReads);
        _source = source;
        _kind = kind;
        var (name, key) = kind == GrainKind.Customer ? ("customer", "customer_id") : ("merchant", "merchant_id");

        // One statement, so that a state and its journal are of one moment.
        _sql =
            $$"""
            SELECT s.{{key}}, s.state, s.version, s.snapshot_version, s.offsets::text, coalesce(j.deltas, '{}'), coalesce(j.versions, '{}')
            FROM {{name}}_state s, LATERAL (
                SELECT array_agg(delta ORDER BY version) AS deltas, array_agg(version ORDER BY version) AS versions
                FROM {{name}}_journal WHERE {{key}} = s.{{key}}) AS j
            WHERE s.{{key}} = ANY ($1)
            """;

        // Off the caller's scheduler: a reader must not run as a grain's turn.
        for (var i = 0; i < options.Readers; i++)
        {
            _ = Task.Run(RunAsync);
        }
    }

    /// <summary>A grain's state, or null when it has none yet.</summary>
    public async Task<StoredState?> ReadAsync(long key, CancellationToken cancellationToken)
    {
        var read = new StateRead(key);
        await _queue.Writer.WriteAsync(read, cancellationToken);
        StorageMetrics.QueuedReads.Add(1);
        try
        {
            return await read.Done.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            StorageMetrics.QueuedReads.Add(-1);
        }
    }

    /// <summary>Takes no further reads; those that wait are answered.</summary>
    public void Stop() => _queue.Writer.TryComplete();

    private async Task RunAsync()
    {
        var reads = new List<StateRead>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (reads.Count < MaxBatch && _queue.Reader.TryRead(out var read))
            {
                reads.Add(read);
            }

            try
            {
                await QueryAsync(reads);
            }
            catch (Exception exception)
            {
                // Each grain decides for itself what to do without its state.
                reads.ForEach(read => read.Done.TrySetException(exception));
            }

            reads.Clear();
        }
    }

    private async Task QueryAsync(List<StateRead> reads)
    {
        var waiting = reads.ToLookup(read => read.Key);
        await using var command = _source.CreateCommand(_sql);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. waiting.Select(group => group.Key)] });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            foreach (var read in waiting[reader.GetInt64(0)])
            {
                Answer(read, reader);
            }
        }

        reads.ForEach(read => read.Done.TrySetResult(null));
    }

    private void Answer(StateRead read, NpgsqlDataReader row)
    {
        var (version, snapshotVersion) = (row.GetInt64(2), row.GetInt64(3));
        var deltas = row.GetFieldValue<byte[][]>(5);
        var versions = row.GetFieldValue<long[]>(6);
        if (versions.LongLength == version - snapshotVersion && versions.Index().All(one => one.Item == snapshotVersion + 1 + one.Index))
        {
            read.Done.TrySetResult(new StoredState(row.GetFieldValue<byte[]>(1), deltas, version, row.GetString(4)));
            return;
        }

        read.Done.TrySetException(new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"The journal of {_kind} {read.Key} should lead from version {snapshotVersion} to {version}, and has {string.Join(", ", versions)}.")));
    }
}
