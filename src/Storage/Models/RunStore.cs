using Npgsql;

namespace Levee.Storage;

/// <summary>The runs that trained models. A run that finishes does so in the transaction that registers its version: see <see cref="ModelRegistry"/>.</summary>
public sealed class RunStore(NpgsqlDataSource source)
{
    private const string Columns =
        """
        SELECT r.run_id, r.kind, r.who, r.status, r.created_at, r.ended_at, r.error, m.version, r.parameters::text, r.metrics::text
        FROM runs r LEFT JOIN model_versions m USING (run_id)
        """;

    /// <summary>Notes that a run begins, also one that begins again after a crash.</summary>
    public async Task StartAsync(
        Guid runId, string kind, string who, IReadOnlyDictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO runs (run_id, kind, who, parameters, metrics, status) VALUES ($1, $2, $3, $4, '{}', 'running')
            ON CONFLICT (run_id) DO UPDATE SET parameters = excluded.parameters, status = 'running', error = NULL, ended_at = NULL
            WHERE runs.status <> 'finished'
            """);
        command.Parameters.AddAll([Of(runId), Of(kind), Of(who), RegistryJson.Parameter(RegistryJson.Write(parameters))]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Notes that a run failed; a run that has finished stays so.</summary>
    public async Task FailAsync(Guid runId, string error, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            "UPDATE runs SET status = 'failed', ended_at = clock_timestamp(), error = $2 WHERE run_id = $1 AND status = 'running'");
        command.Parameters.AddAll([Of(runId), Of(error)]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The latest runs, newest first.</summary>
    /// <param name="limit">Most runs, 1 or more.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<RunRow>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await using var command = source.CreateCommand($"{Columns} ORDER BY r.created_at DESC, r.run_id LIMIT $1");
        command.Parameters.AddAll([new NpgsqlParameter<int> { TypedValue = limit }]);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The runs that a text names: a version such as "v3", a run's id, or the beginning of one.</summary>
    public async Task<IReadOnlyList<RunRow>> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            $"{Columns} WHERE m.version = $1 OR starts_with(r.run_id::text, lower($1)) ORDER BY r.created_at DESC LIMIT 10");
        command.Parameters.AddAll([Of(name)]);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Names and sizes of a run's files.</summary>
    public async Task<IReadOnlyList<(string Name, long Bytes)>> ListArtifactsAsync(Guid runId, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT name, octet_length(content)::bigint FROM run_artifacts WHERE run_id = $1 ORDER BY name");
        command.Parameters.AddAll([Of(runId)]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var files = new List<(string, long)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            files.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return files;
    }

    /// <summary>A file of a run, or null.</summary>
    public async Task<byte[]?> LoadArtifactAsync(Guid runId, string name, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT content FROM run_artifacts WHERE run_id = $1 AND name = $2");
        command.Parameters.AddAll([Of(runId), Of(name)]);
        return (byte[]?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<RunRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var runs = new List<RunRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            runs.Add(new RunRow
            {
                RunId = reader.GetGuid(0),
                Kind = reader.GetString(1),
                Who = reader.GetString(2),
                Status = reader.GetString(3),
                CreatedAt = new DateTimeOffset(reader.GetDateTime(4)),
                EndedAt = await reader.IsDBNullAsync(5, cancellationToken) ? null : new DateTimeOffset(reader.GetDateTime(5)),
                Error = await reader.IsDBNullAsync(6, cancellationToken) ? null : reader.GetString(6),
                Version = await reader.IsDBNullAsync(7, cancellationToken) ? null : reader.GetString(7),
                Parameters = RegistryJson.ReadParameters(reader.GetString(8)),
                Metrics = RegistryJson.ReadMetrics(reader.GetString(9)),
            });
        }

        return runs;
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
