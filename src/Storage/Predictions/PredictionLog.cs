using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Writes predictions to the log behind the back of those who wait for an answer. While PostgreSQL is away they queue; past the bound
/// they are dropped and counted.
/// </summary>
public sealed partial class PredictionLog : IAsyncDisposable
{
    private const int MaxBatch = 5_000;
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger<PredictionLog> _logger;
    private readonly Channel<PredictionRow> _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writer;

    /// <summary>Starts the writer.</summary>
    public PredictionLog(NpgsqlDataSource source, IOptions<StorageOptions> options, TimeProvider time, ILogger<PredictionLog> logger)
    {
        _source = source;
        _time = time;
        _logger = logger;
        _queue = Channel.CreateBounded<PredictionRow>(
            new BoundedChannelOptions(options.Value.MaxQueuedPredictions) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Queues a row; never waits.</summary>
    /// <returns>False when the queue is full: the row is dropped and counted.</returns>
    public bool TryWrite(PredictionRow row)
    {
        var taken = _queue.Writer.TryWrite(row);
        if (!taken)
        {
            StorageMetrics.DroppedPredictions.Add(1);
        }

        return taken;
    }

    /// <summary>Writes what is queued and stops; gives up after some seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stop.CancelAfter(TimeSpan.FromSeconds(3));
        await _writer;
        _stop.Dispose();
    }

    private async Task WriteAsync()
    {
        var batch = new List<PredictionRow>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var row))
            {
                batch.Add(row);
            }

            await WriteAsync(batch);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<PredictionRow> batch)
    {
        while (batch.Count > 0)
        {
            try
            {
                await using var connection = await _source.OpenConnectionAsync(_stop.Token);
                await RowWriter.WritePredictionsAsync(connection, batch, _stop.Token);
                StorageMetrics.LoggedPredictions.Add(batch.Count);
                return;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                await DropLoggedAsync(batch);
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested && StorageErrors.IsTransient(exception))
            {
                LogRetry(_logger, batch.Count, exception.Message);
                await Task.Delay(Retry, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception exception) when (batch.Count == 1 || _stop.IsCancellationRequested)
            {
                StorageMetrics.DroppedPredictions.Add(batch.Count);
                LogDropped(_logger, batch.Count, exception);
                return;
            }
            catch (Exception)
            {
                // One row that PostgreSQL refuses must not take the others with it.
                await WriteAsync(batch.GetRange(0, batch.Count / 2));
                batch.RemoveRange(0, batch.Count / 2);
            }
        }
    }

    // An earlier try was durable although its answer got lost, or an id comes twice. Whatever goes wrong here shows in the next try.
    private async Task DropLoggedAsync(List<PredictionRow> batch)
    {
        try
        {
            await using var command = _source.CreateCommand("SELECT prediction_id FROM predictions WHERE prediction_id = ANY ($1)");
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. batch.Select(row => row.PredictionId)] });
            var logged = new HashSet<Guid>();
            await using var reader = await command.ExecuteReaderAsync(_stop.Token);
            while (await reader.ReadAsync(_stop.Token))
            {
                logged.Add(reader.GetGuid(0));
            }

            batch.RemoveAll(row => !logged.Add(row.PredictionId));
        }
        catch (Exception exception)
        {
            LogRetry(_logger, batch.Count, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL did not take {Count} predictions ({Reason}); trying again")]
    private static partial void LogRetry(ILogger logger, int count, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} predictions were not logged")]
    private static partial void LogDropped(ILogger logger, int count, Exception exception);
}
