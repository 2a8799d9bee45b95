using Npgsql;
using NpgsqlTypes;

namespace Levee.Storage;

/// <summary>The API keys: a key is returned once, when it is made; stored is its hash.</summary>
public sealed class ApiKeyStore(NpgsqlDataSource source)
{
    private const string Columns = "key_id, name, key_hash, roles, created_at, expires_at, revoked_at, replaced_at";

    /// <summary>Makes a key.</summary>
    /// <param name="name">A name as <see cref="ApiKeyText.IsName"/> has it.</param>
    /// <param name="roles">One or more of <see cref="ApiKeyText.Roles"/>.</param>
    /// <param name="createdAt">Now.</param>
    /// <param name="expiresAt">From when on it is refused; null for never.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The key, or null when the name has a current key already.</returns>
    public async Task<string?> CreateAsync(
        string name, IReadOnlyList<string> roles, DateTimeOffset createdAt, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        var key = ApiKeyText.Create();
        await using var command = source.CreateCommand(
            $"""
            INSERT INTO api_keys (key_id, name, key_hash, roles, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (name) WHERE revoked_at IS NULL AND replaced_at IS NULL DO NOTHING
            """);
        AddNew(command.Parameters, name, key, roles, createdAt, expiresAt);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1 ? key : null;
    }

    /// <summary>Makes another key with the name and the roles of the current one, which works for a while longer.</summary>
    /// <param name="name">The key's name.</param>
    /// <param name="now">Now.</param>
    /// <param name="grace">How long the old key still works, zero or more; no longer than it would have anyway.</param>
    /// <param name="expiresAt">From when on the new key is refused; null for as long a life as the old one was given.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The new key, or null when the name has no current key.</returns>
    public async Task<string?> RotateAsync(
        string name, DateTimeOffset now, TimeSpan grace, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        var key = ApiKeyText.Create();
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var replace = new NpgsqlCommand(
            """
            WITH old AS (
                SELECT key_id, expires_at - created_at AS life FROM api_keys
                WHERE name = $1 AND revoked_at IS NULL AND replaced_at IS NULL FOR UPDATE)
            UPDATE api_keys k SET replaced_at = $2, expires_at = least(k.expires_at, $3) FROM old WHERE k.key_id = old.key_id
            RETURNING k.roles, old.life
            """,
            connection,
            transaction);
        replace.Parameters.AddAll([Of(name), Of(now), Of(now + grace)]);
        string[] roles;
        await using (var reader = await replace.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken))
            {
                return null;
            }

            roles = reader.GetFieldValue<string[]>(0);
            expiresAt ??= await reader.IsDBNullAsync(1, cancellationToken) ? null : now + reader.GetTimeSpan(1);
        }

        await using var add = new NpgsqlCommand(
            "INSERT INTO api_keys (key_id, name, key_hash, roles, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
            connection,
            transaction);
        AddNew(add.Parameters, name, key, roles, now, expiresAt);
        await add.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return key;
    }

    /// <summary>Revokes every key of a name, also those that a rotation has replaced.</summary>
    /// <returns>How many were not revoked before.</returns>
    public async Task<int> RevokeAsync(string name, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("UPDATE api_keys SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL");
        command.Parameters.AddAll([Of(name), Of(now)]);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>All keys, newest first.</summary>
    /// <param name="limit">Most keys, 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<ApiKeyRow>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"SELECT {Columns} FROM api_keys ORDER BY created_at DESC, key_id LIMIT $1");
        command.Parameters.AddAll([new NpgsqlParameter<int> { TypedValue = limit }]);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The keys that work now, oldest first.</summary>
    /// <param name="now">Now.</param>
    /// <param name="limit">Most keys, 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<ApiKeyRow>> ReadWorkingAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            $"""
            SELECT {Columns} FROM api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
            ORDER BY created_at, key_id LIMIT $2
            """);
        command.Parameters.AddAll([Of(now), new NpgsqlParameter<int> { TypedValue = limit }]);
        return await ReadAsync(command, cancellationToken);
    }

    private static void AddNew(
        NpgsqlParameterCollection parameters,
        string name,
        string key,
        IReadOnlyList<string> roles,
        DateTimeOffset createdAt,
        DateTimeOffset? expiresAt) =>
        parameters.AddAll(
        [
            new NpgsqlParameter<Guid> { TypedValue = Guid.NewGuid() },
            Of(name),
            new NpgsqlParameter<byte[]> { TypedValue = ApiKeyText.Hash(key) },
            new NpgsqlParameter<string[]> { TypedValue = [.. roles] },
            Of(createdAt),
            expiresAt is { } end ? Of(end) : new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        ]);

    private static async Task<IReadOnlyList<ApiKeyRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<ApiKeyRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(new ApiKeyRow(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetFieldValue<byte[]>(2),
                reader.GetFieldValue<string[]>(3),
                reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetFieldValue<DateTimeOffset?>(5),
                reader.GetFieldValue<DateTimeOffset?>(6),
                reader.GetFieldValue<DateTimeOffset?>(7)));
        }

        return keys;
    }

    private static NpgsqlParameter Of(string value) => new NpgsqlParameter<string> { TypedValue = value };

    private static NpgsqlParameter Of(DateTimeOffset value) => new NpgsqlParameter<DateTime> { TypedValue = value.UtcDateTime };
}
