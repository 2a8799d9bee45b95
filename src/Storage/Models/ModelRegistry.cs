using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace Levee.Storage;

/// <summary>The registry of model versions, with their bytes and the history of their stages.</summary>
public sealed class ModelRegistry(NpgsqlDataSource source)
{
    // Who holds this advisory lock changes the registry: numbers are handed out and stages moved by one at a time.
    private const long ChangeLock = 7_210_533_842;
    private const string Channel = "levee_models";

    // A metric of a class that is missing from the test is NaN.
    private static readonly JsonSerializerOptions MetricsJson = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Registers a version in a stage.</summary>
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

        var metrics = JsonSerializer.Serialize(model.Metrics, MetricsJson);
        await ExecuteAsync(
            connection,
            transaction,
            "INSERT INTO runs (run_id, kind, who, parameters, metrics) VALUES ($1, $2, $3, $4, $5)",
            [Of(model.RunId), Of(model.Kind), Of(who), Json(JsonSerializer.Serialize(model.Parameters)), Json(metrics)],
            cancellationToken);
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
            await MoveAsync(connection, transaction, version, stage, who, why, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return version;
    }

    /// <summary>
    /// Moves a version to a stage. The version that was in production before is archived in the same transaction. Every change is a row of
    /// the history, with the metrics at that moment.
    /// </summary>
    /// <exception cref="KeyNotFoundException">There is no such version.</exception>
    public async Task TransitionAsync(string version, ModelStage stage, string who, string why, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await HoldAsync(connection, transaction, cancellationToken);
        await MoveAsync(connection, transaction, version, stage, who, why, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The version in production, or null.</summary>
    public async Task<string?> GetProductionVersionAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT version FROM model_versions WHERE stage = 'Production'");
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>The version that was in production before the present one, or null.</summary>
    public async Task<string?> GetPreviousProductionAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT version FROM stage_transitions
            WHERE to_stage = 'Production' AND version <> coalesce((SELECT version FROM model_versions WHERE stage = 'Production'), '')
            ORDER BY id DESC LIMIT 1
            """);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>The version that a run made, or null.</summary>
    public async Task<string?> FindByRunAsync(Guid runId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await FindByRunAsync(connection, runId, cancellationToken);
    }

    /// <summary>All versions, newest first.</summary>
    public async Task<IReadOnlyList<ModelVersionRow>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            "SELECT version, stage, created_at, feature_hash, metrics::text FROM model_versions ORDER BY number DESC");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var versions = new List<ModelVersionRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            versions.Add(new ModelVersionRow(
                reader.GetString(0),
                Enum.Parse<ModelStage>(reader.GetString(1)),
                new DateTimeOffset(reader.GetDateTime(2)),
                reader.GetString(3),
                JsonSerializer.Deserialize<Dictionary<string, double>>(reader.GetString(4), MetricsJson)!));
        }

        return versions;
    }

    /// <summary>A version's artifact.</summary>
    /// <exception cref="KeyNotFoundException">There is no such version.</exception>
    public async Task<byte[]> LoadArtifactAsync(string version, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT artifact FROM model_versions WHERE version = $1");
        command.Parameters.Add(Of(version));
        return (byte[]?)await command.ExecuteScalarAsync(cancellationToken) ?? throw new KeyNotFoundException($"There is no model {version}.");
    }

    /// <summary>Returns when the registry changed, or after a while.</summary>
    /// <param name="atMost">How long to wait.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task WaitForChangeAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        await connection.WaitAsync(atMost, cancellationToken);
        await using var unlisten = new NpgsqlCommand($"UNLISTEN {Channel}", connection);
        await unlisten.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task MoveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string version, ModelStage stage, string who, string why, CancellationToken cancellationToken)
    {
        if (stage == ModelStage.Production)
        {
            await using var current = new NpgsqlCommand(
                "SELECT version FROM model_versions WHERE stage = 'Production' AND version <> $1", connection, transaction);
            current.Parameters.Add(Of(version));
            if (await current.ExecuteScalarAsync(cancellationToken) is string replaced)
            {
                await SetStageAsync(connection, transaction, replaced, ModelStage.Archived, who, $"replaced by {version}", cancellationToken);
            }
        }

        await SetStageAsync(connection, transaction, version, stage, who, why, cancellationToken);
        await ExecuteAsync(connection, transaction, "SELECT pg_notify($1, $2)", [Of(Channel), Of(version)], cancellationToken);
    }

    private static async Task SetStageAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string version, ModelStage stage, string who, string why, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH before AS (SELECT version, stage, metrics FROM model_versions WHERE version = $1),
            moved AS (UPDATE model_versions m SET stage = $2 FROM before WHERE m.version = before.version AND before.stage <> $2 RETURNING m.version),
            noted AS (
                INSERT INTO stage_transitions (version, from_stage, to_stage, who, why, metrics)
                SELECT before.version, before.stage, $2, $3, $4, before.metrics FROM before JOIN moved USING (version))
            SELECT count(*) FROM before
            """,
            connection,
            transaction);
        command.Parameters.AddAll([Of(version), Of(stage.ToString()), Of(who), Of(why)]);
        if (await command.ExecuteScalarAsync(cancellationToken) is not 1L)
        {
            throw new KeyNotFoundException($"There is no model {version}.");
        }
    }

    private static async Task<string?> FindByRunAsync(NpgsqlConnection connection, Guid runId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT version FROM model_versions WHERE run_id = $1", connection);
        command.Parameters.Add(Of(runId));
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private static Task HoldAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, transaction, "SELECT pg_advisory_xact_lock($1)", [Of(ChangeLock)], cancellationToken);

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.AddAll(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };

    private static NpgsqlParameter Json(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Jsonb };
}
