using Npgsql;

namespace Levee.Storage;

/// <summary>What was live when: reads the append-only history of the registry.</summary>
public sealed class ModelHistory(NpgsqlDataSource source)
{
    /// <summary>The latest changes of stages, newest first.</summary>
    /// <param name="version">Only this version's; null for all.</param>
    /// <param name="limit">Most changes, 1 or more.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<StageTransition>> ListAsync(string? version, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await using var command = source.CreateCommand(
            """
            SELECT version, from_stage, to_stage, at, who, why, is_rollback, metrics::text FROM stage_transitions
            WHERE $1 = '' OR version = $1
            ORDER BY id DESC LIMIT $2
            """);
        command.Parameters.AddAll([new NpgsqlParameter<string> { TypedValue = version ?? "" }, new NpgsqlParameter<int> { TypedValue = limit }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var changes = new List<StageTransition>();
        while (await reader.ReadAsync(cancellationToken))
        {
            changes.Add(new StageTransition(
                reader.GetString(0),
                Enum.Parse<ModelStage>(reader.GetString(1)),
                Enum.Parse<ModelStage>(reader.GetString(2)),
                new DateTimeOffset(reader.GetDateTime(3)),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetBoolean(6),
                RegistryJson.ReadMetrics(reader.GetString(7))));
        }

        return changes;
    }

    /// <summary>What was live in a span of time: every period of production that touches it, in order.</summary>
    /// <param name="from">Begin, inclusive.</param>
    /// <param name="to">End, exclusive; equal to the begin for one moment.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<ProductionPeriod>> LiveAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        await using var command = source.CreateCommand(
            """
            SELECT version, live_from, live_until, who, why FROM production_periods
            WHERE (live_from < $2 OR live_from = $1) AND coalesce(live_until, 'infinity') > $1
            ORDER BY live_from, live_until
            """);
        command.Parameters.AddAll(
            [new NpgsqlParameter<DateTime> { TypedValue = from.UtcDateTime }, new NpgsqlParameter<DateTime> { TypedValue = to.UtcDateTime }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var periods = new List<ProductionPeriod>();
        while (await reader.ReadAsync(cancellationToken))
        {
            periods.Add(new ProductionPeriod(
                reader.GetString(0),
                new DateTimeOffset(reader.GetDateTime(1)),
                await reader.IsDBNullAsync(2, cancellationToken) ? null : new DateTimeOffset(reader.GetDateTime(2)),
                reader.GetString(3),
                reader.GetString(4)));
        }

        return periods;
    }
}
