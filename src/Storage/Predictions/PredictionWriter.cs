using Microsoft.Extensions.Logging;
using Npgsql;

namespace Levee.Storage;

/// <summary>Puts predictions into the table, each id once, whether or not some of them are there already.</summary>
internal sealed partial class PredictionWriter(NpgsqlDataSource source, ILogger logger)
{
    private const string DataException = "22";
    private const string IntegrityViolation = "23";
    private const string ProgramLimit = "54";

    /// <summary>Writes rows; when this returns they are durable, but for those that PostgreSQL refuses for their content, which are counted.</summary>
    /// <param name="rows">Emptied, or shortened by what needs no further try, also when this throws.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Exception">PostgreSQL does not take rows at the moment. Trying again is right.</exception>
    public async Task WriteAsync(List<PredictionRow> rows, CancellationToken cancellationToken)
    {
        while (rows.Count > 0)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                await RowWriter.WritePredictionsAsync(connection, rows, cancellationToken);
                StorageMetrics.LoggedPredictions.Add(rows.Count);
                rows.Clear();
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                await RemoveLoggedAsync(rows, cancellationToken);
            }
            catch (Exception exception) when (IsOfContent(exception) && rows.Count == 1)
            {
                StorageMetrics.DroppedPredictions.Add(1);
                LogRefused(logger, rows[0].PredictionId, exception);
                rows.Clear();
            }
            catch (Exception exception) when (IsOfContent(exception))
            {
                // One row that PostgreSQL refuses must not take the others with it.
                await WriteAsync(rows.GetRange(0, rows.Count / 2), cancellationToken);
                rows.RemoveRange(0, rows.Count / 2);
            }
        }
    }

    // All else passes or is for an operator to mend: a server that only reads for a while, a missing right, a full disk.
    private static bool IsOfContent(Exception exception) => exception switch
    {
        PostgresException { SqlState: var state } => state[..2] is DataException or IntegrityViolation or ProgramLimit,
        ArgumentException or InvalidCastException or OverflowException or FormatException => true,
        _ => false,
    };

    // An earlier try was durable although its answer got lost, or an id comes twice.
    private async Task RemoveLoggedAsync(List<PredictionRow> rows, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT prediction_id FROM predictions WHERE prediction_id = ANY ($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. rows.Select(row => row.PredictionId)] });
        var logged = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            logged.Add(reader.GetGuid(0));
        }

        rows.RemoveAll(row => !logged.Add(row.PredictionId));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL refuses prediction {Id} for its content; it was not logged")]
    private static partial void LogRefused(ILogger logger, Guid id, Exception exception);
}
