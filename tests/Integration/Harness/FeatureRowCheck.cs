using Dapper;
using Npgsql;

namespace Levee.Integration.Harness;

/// <summary>Compares the table `features` with a plain aggregate over the rows of `transactions` that are not late.</summary>
internal static class FeatureRowCheck
{
    // Sums of cents are exact in numeric; averages and deviations are compared to 1e-9.
    private const string Differences =
        """
        WITH expected AS (
            SELECT customer_id,
                   date_bin('1 minute', event_time, '2000-01-01 00:00:00+00') AS window_start,
                   count(*) AS transaction_count,
                   avg(base_amount)::float8 AS avg_amount,
                   max(base_amount)::float8 AS max_amount,
                   count(*) FILTER (WHERE is_fraud) AS fraud_count,
                   stddev_samp(base_amount)::float8 AS amount_std
            FROM transactions WHERE NOT is_late
            GROUP BY 1, 2)
        SELECT coalesce(e.customer_id, f.customer_id) || ' ' || coalesce(e.window_start, f.window_start)
               || ': expected ' || coalesce(e.transaction_count::text, 'no row') || ', found ' || coalesce(f.transaction_count::text, 'no row')
        FROM expected e
        FULL JOIN features f ON f.customer_id = e.customer_id AND f.window_start = e.window_start
        WHERE e.customer_id IS NULL OR f.customer_id IS NULL
           OR f.window_end <> f.window_start + interval '1 minute'
           OR f.transaction_count <> e.transaction_count
           OR f.fraud_count <> e.fraud_count
           OR abs(f.avg_amount::float8 - e.avg_amount) > 1e-9 * greatest(1, abs(e.avg_amount))
           OR f.max_amount::float8 <> e.max_amount
           OR (f.amount_std IS NULL) <> (e.amount_std IS NULL)
           OR abs(f.amount_std - e.amount_std) > 1e-9 * greatest(1, abs(e.amount_std))
        LIMIT 20
        """;

    /// <summary>The first differences, in words; empty when the tables agree.</summary>
    public static async Task<IReadOnlyList<string>> FindDifferencesAsync(NpgsqlConnection connection) =>
        (await connection.QueryAsync<string>(Differences)).AsList();

    /// <summary>Minutes of transactions on time that have no feature row yet.</summary>
    public static Task<long> CountOpenMinutesAsync(NpgsqlConnection connection) => connection.ExecuteScalarAsync<long>(
        """
        SELECT count(*) FROM (
            SELECT DISTINCT customer_id, date_bin('1 minute', event_time, '2000-01-01 00:00:00+00') AS window_start
            FROM transactions WHERE NOT is_late
            EXCEPT SELECT customer_id, window_start FROM features) AS missing
        """);
}
