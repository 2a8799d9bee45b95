using System.Security.Cryptography;
using Npgsql;

namespace Levee.Storage;

/// <summary>The registry of model versions, with their bytes and the history of their stages.</summary>
public sealed class ModelRegistry(NpgsqlDataSource source)
{
    private const string Channel = "levee_models";

    private const string Versions = "SELECT version, stage, created_at, feature_hash, metrics::text FROM model_versions";

    private const string PreviousProduction =
        """
        SELECT version FROM stage_transitions t
        WHERE to_stage = 'Production' AND version <> coalesce((SELECT version FROM model_versions WHERE stage = 'Production'), '')
            AND NOT EXISTS (SELECT 1 FROM stage_transitions l
                WHERE l.version = t.version AND l.id > t.id AND l.from_stage = 'Production' AND l.is_rollback)
        ORDER BY id DESC LIMIT 1
        """;

    /// <summary>
    /// Registers a version in a stage and ends its run, in one transaction: a training that is killed before leaves no version.
    /// </summary>
    /// <returns>The version, such as "v1".</returns>
    public async Task<string> RegisterAsync(NewModelVersion model, ModelStage stage, string who, string why, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await HoldAsync(connection, transaction, cancellationToken);
        if (await FindByRunAsync(connection, model.RunId, cancellationToken) is { } known)
        {
            return known;
        }

        var metrics = RegistryJson.Write(model.Metrics);
        await ExecuteAsync(
            connection,
            transaction,
            """
            INSERT INTO runs (run_id, kind, who, parameters, metrics, status, ended_at)
            VALUES ($1, $2, $3, $4, $5, 'finished', clock_timestamp())
            ON CONFLICT (run_id) DO UPDATE SET parameters = excluded.parameters, metrics = excluded.metrics, status = excluded.status,
                ended_at = excluded.ended_at, error = NULL
            """,
            [Of(model.RunId), Of(model.Kind), Of(who), Json(RegistryJson.Write(model.Parameters)), Json(metrics)],
            cancellationToken);
        foreach (var file in model.Files)
        {
            await ExecuteAsync(
                connection,
                transaction,
                "INSERT INTO run_artifacts (run_id, name, content, sha256) VALUES ($1, $2, $3, $4)",
                [Of(model.RunId), Of(file.Name), Of(file.Content), Of(Convert.ToHexStringLower(SHA256.HashData(file.Content)))],
                cancellationToken);
        }

        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO model_versions (number, stage, run_id, feature_hash, artifact, artifact_sha256, metrics)
            SELECT coalesce(max(number), 0) + 1, 'None', $1, $2, $3, $4, $5 FROM model_versions
            RETURNING version
            """,
            connection,
            transaction);
        insert.Parameters.AddAll(
            [Of(model.RunId), Of(model.FeatureHash), Of(model.Artifact), Of(Convert.ToHexStringLower(SHA256.HashData(model.Artifact))), Json(metrics)]);
        var version = (string)(await insert.ExecuteScalarAsync(cancellationToken))!;
        if (stage != ModelStage.None)
        {
            await MoveAsync(new Move(connection, transaction, who, IsRollback: false), version, stage, why, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return version;
    }

    /// <summary>
    /// Moves a version to a stage. The version that was in production before is archived in the same transaction. Every change is a row of
    /// the history, with the metrics at that moment.
    /// </summary>
    /// <exception cref="KeyNotFoundException">There is no such version.</exception>
    /// <exception cref="ModelStageException">The version in production would leave it without another in its place.</exception>
    public async Task TransitionAsync(string version, ModelStage stage, string who, string why, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await HoldAsync(connection, transaction, cancellationToken);
        if (stage != ModelStage.Production && await ReadProductionAsync(connection, transaction, cancellationToken) == version)
        {
            throw new ModelStageException($"{version} is in production: promote another version or roll back instead.");
        }

        await MoveAsync(new Move(connection, transaction, who, IsRollback: false), version, stage, why, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Brings back what was in production before the present version, which is archived. A version that was itself taken out by a rollback
    /// is passed over, so that rolling back twice goes back two versions.
    /// </summary>
    /// <param name="version">The version that must be in production now; null for whichever is.</param>
    /// <param name="who">Who asked for it.</param>
    /// <param name="why">The reason.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The version that is in production now; null when there is none to go back to.</returns>
    /// <exception cref="ModelStageException">Another version is in production.</exception>
    public async Task<string?> RollbackAsync(string? version, string who, string why, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await HoldAsync(connection, transaction, cancellationToken);
        if (version is not null && await ReadProductionAsync(connection, transaction, cancellationToken) != version)
        {
            throw new ModelStageException($"{version} is not in production: only the version in production can be rolled back.");
        }

        await using var command = new NpgsqlCommand(PreviousProduction, connection, transaction);
        if (await command.ExecuteScalarAsync(cancellationToken) is not string previous)
        {
            return null;
        }

        await MoveAsync(new Move(connection, transaction, who, IsRollback: true), previous, ModelStage.Production, why, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return previous;
    }

    /// <summary>The version in production, or null.</summary>
    public async Task<string?> GetProductionVersionAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT version FROM model_versions WHERE stage = 'Production'");
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>The version in production, of whatever feature list, or null.</summary>
    public async Task<ModelVersionRow?> FindProductionAsync(CancellationToken cancellationToken) =>
        (await ReadAsync("WHERE stage = 'Production'", cancellationToken)).SingleOrDefault();

    /// <summary>
    /// The version in production if it is of a feature list, else null: one of another list cannot be served, compared or measured.
    /// </summary>
    public async Task<ModelVersionRow?> FindProductionAsync(string featureHash, CancellationToken cancellationToken) =>
        await FindProductionAsync(cancellationToken) is { } version && version.FeatureHash == featureHash ? version : null;

    /// <summary>The version that was in production before the present one, or null.</summary>
    public async Task<string?> GetPreviousProductionAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(PreviousProduction);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>The version that a run made, or null.</summary>
    public async Task<string?> FindByRunAsync(Guid runId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await FindByRunAsync(connection, runId, cancellationToken);
    }

    /// <summary>All versions, newest first.</summary>
    public async Task<IReadOnlyList<ModelVersionRow>> ListAsync(CancellationToken cancellationToken) =>
        await ReadAsync("ORDER BY number DESC", cancellationToken);

    /// <summary>A version's artifact.</summary>
    /// <exception cref="KeyNotFoundException">There is no such version.</exception>
    public async Task<byte[]> LoadArtifactAsync(string version, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT artifact FROM model_versions WHERE version = $1");
        command.Parameters.Add(Of(version));
        return (byte[]?)await command.ExecuteScalarAsync(cancellationToken) ?? throw new KeyNotFoundException($"There is no model {version}.");
    }

    /// <summary>Tells of changes from now on.</summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="NpgsqlException">PostgreSQL is away.</exception>
    public async Task<ModelRegistryChanges> ListenAsync(CancellationToken cancellationToken) =>
        await ModelRegistryChanges.OpenAsync(source, Channel, cancellationToken);

    private async Task<List<ModelVersionRow>> ReadAsync(string which, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"{Versions} {which}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var versions = new List<ModelVersionRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            versions.Add(new ModelVersionRow(
                reader.GetString(0),
                Enum.Parse<ModelStage>(reader.GetString(1)),
                new DateTimeOffset(reader.GetDateTime(2)),
                reader.GetString(3),
                RegistryJson.ReadMetrics(reader.GetString(4))));
        }

        return versions;
    }

    // The whole change bears one time, so that no moment is without a version in production. It is not the start of the transaction, which
    // may have waited for an earlier change.
    private static async Task MoveAsync(Move move, string version, ModelStage stage, string why, CancellationToken cancellationToken)
    {
        await using var clock = new NpgsqlCommand("SELECT clock_timestamp()", move.Connection, move.Transaction);
        var at = (DateTime)(await clock.ExecuteScalarAsync(cancellationToken))!;
        if (stage == ModelStage.Production
            && await ReadProductionAsync(move.Connection, move.Transaction, cancellationToken) is { } replaced && replaced != version)
        {
            await SetStageAsync(move, replaced, ModelStage.Archived, $"replaced by {version}", at, cancellationToken);
        }

        await SetStageAsync(move, version, stage, why, at, cancellationToken);
        await ExecuteAsync(move.Connection, move.Transaction, "SELECT pg_notify($1, $2)", [Of(Channel), Of(version)], cancellationToken);
    }

    private static async Task SetStageAsync(
        Move move, string version, ModelStage stage, string why, DateTime at, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH before AS (SELECT version, stage, metrics FROM model_versions WHERE version = $1),
            moved AS (UPDATE model_versions m SET stage = $2 FROM before WHERE m.version = before.version AND before.stage <> $2 RETURNING m.version),
            noted AS (
                INSERT INTO stage_transitions (version, from_stage, to_stage, who, why, metrics, is_rollback, at)
                SELECT before.version, before.stage, $2, $3, $4, before.metrics, $5, $6 FROM before JOIN moved USING (version))
            SELECT count(*) FROM before
            """,
            move.Connection,
            move.Transaction);
        command.Parameters.AddAll([Of(version), Of(stage.ToString()), Of(move.Who), Of(why), Of(move.IsRollback), Of(at)]);
        if (await command.ExecuteScalarAsync(cancellationToken) is not 1L)
        {
            throw new KeyNotFoundException($"There is no model {version}.");
        }
    }

    private static async Task<string?> ReadProductionAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT version FROM model_versions WHERE stage = 'Production'", connection, transaction);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task<string?> FindByRunAsync(NpgsqlConnection connection, Guid runId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT version FROM model_versions WHERE run_id = $1", connection);
        command.Parameters.Add(Of(runId));
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    // Numbers are handed out and stages moved by one at a time.
    private static Task HoldAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        ExecuteAsync(
            connection, transaction, "SELECT pg_advisory_xact_lock($1)", [Of((long)ExclusiveWork.RegistryChange)], cancellationToken);

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.AddAll(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };

    private static NpgsqlParameter Json(string value) => RegistryJson.Parameter(value);

    /// <summary>The transaction in which stages change, and on whose behalf.</summary>
    private readonly record struct Move(NpgsqlConnection Connection, NpgsqlTransaction Transaction, string Who, bool IsRollback);
}
