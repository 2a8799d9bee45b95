using Levee.Features;
using Npgsql;

namespace Levee.Storage;

/// <summary>Predictions that have met their labels.</summary>
public sealed class MaturedPredictions(NpgsqlDataSource source)
{
    /// <summary>
    /// One prediction a stored transaction by one model version, with what was known of the transaction in the end. A transaction matures
    /// when its label delay has passed; one that nobody has called fraud by then was none. A served prediction goes before one made on
    /// arrival, and those made without history stay out.
    /// </summary>
    /// <param name="fromMicros">Event times from here on, microseconds since the Unix epoch.</param>
    /// <param name="nowMicros">The clock: labels observed later do not count, nor do transactions younger than the label delay.</param>
    /// <param name="modelVersion">The version that predicted.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<MaturedPrediction>> ReadAsync(
        long fromMicros, long nowMicros, string modelVersion, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT DISTINCT ON (p.transaction_id) p.fraud_probability, coalesce(l.is_fraud, t.is_fraud, false)
            FROM predictions p
            JOIN transactions t ON t.transaction_id = p.transaction_id
            LEFT JOIN LATERAL (
                SELECT is_fraud FROM labels
                WHERE transaction_id = p.transaction_id AND observed_at <= $2
                ORDER BY observed_at DESC, recorded_at DESC, source DESC LIMIT 1) l ON true
            WHERE p.event_time >= $1 AND p.event_time <= $3 AND p.model_version = $4 AND NOT p.degraded
            ORDER BY p.transaction_id, p.served DESC, p.scored_at DESC, t.event_time
            """);
        command.Parameters.AddAll(
        [
            new NpgsqlParameter<DateTime> { TypedValue = RowWriter.Time(fromMicros) },
            new NpgsqlParameter<DateTime> { TypedValue = RowWriter.Time(nowMicros) },
            new NpgsqlParameter<DateTime> { TypedValue = RowWriter.Time(nowMicros - LabelHistory.DelayMicros) },
            new NpgsqlParameter<string> { TypedValue = modelVersion },
        ]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var matured = new List<MaturedPrediction>();
        while (await reader.ReadAsync(cancellationToken))
        {
            matured.Add(new MaturedPrediction(reader.GetDouble(0), reader.GetBoolean(1)));
        }

        return matured;
    }

    /// <summary>The vectors of the newest predictions of a version.</summary>
    /// <param name="modelVersion">The version.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<float[]>> ReadVectorsAsync(string modelVersion, int limit, CancellationToken cancellationToken)
    {
        // Ids begin with the time, so that the newest are found without an index of their own.
        await using var command = source.CreateCommand(
            "SELECT features FROM predictions WHERE model_version = $1 AND NOT degraded ORDER BY prediction_id DESC LIMIT $2");
        command.Parameters.AddAll(new NpgsqlParameter<string> { TypedValue = modelVersion }, new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var vectors = new List<float[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            vectors.Add(reader.GetFieldValue<float[]>(0));
        }

        return vectors;
    }
}
