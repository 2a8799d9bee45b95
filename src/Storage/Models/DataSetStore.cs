using Npgsql;

namespace Levee.Storage;

/// <summary>The files of data sets in the database, under the SHA-256 of their bytes.</summary>
public sealed class DataSetStore(NpgsqlDataSource source)
{
    // A part is in memory once here and once in the driver.
    private const int BytesInPart = 4 << 20;

    /// <summary>Keeps a file, whole or not at all; one that is there already stays.</summary>
    /// <param name="sha256">SHA-256 of its bytes, lower-case hex.</param>
    /// <param name="content">Its bytes, from the beginning.</param>
    /// <param name="cancellationToken">Stops; then nothing was kept.</param>
    /// <returns>Whether it was new.</returns>
    public async Task<bool> AddAsync(string sha256, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var name = new NpgsqlCommand("INSERT INTO data_sets (sha256, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING", connection, transaction);
        name.Parameters.AddAll(
            [new NpgsqlParameter<string> { TypedValue = sha256 }, new NpgsqlParameter<long> { TypedValue = content.Length - content.Position }]);
        if (await name.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        var buffer = new byte[BytesInPart];
        for (var part = 0; await content.ReadAtLeastAsync(buffer, BytesInPart, throwOnEndOfStream: false, cancellationToken) is > 0 and var length; part++)
        {
            await using var command = new NpgsqlCommand(
                "INSERT INTO data_set_parts (sha256, part, content) VALUES ($1, $2, $3)", connection, transaction);
            command.Parameters.AddAll(
            [
                new NpgsqlParameter<string> { TypedValue = sha256 },
                new NpgsqlParameter<int> { TypedValue = part },
                new NpgsqlParameter<ArraySegment<byte>> { TypedValue = new ArraySegment<byte>(buffer, 0, length), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea },
            ]);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Copies a file out.</summary>
    /// <param name="sha256">Its SHA-256, lower-case hex.</param>
    /// <param name="destination">Receives its bytes.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>False when it is not there; then nothing was written.</returns>
    public async Task<bool> CopyToAsync(string sha256, Stream destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        await using var command = source.CreateCommand(
            "SELECT content FROM data_sets JOIN data_set_parts USING (sha256) WHERE sha256 = $1 ORDER BY part");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = sha256 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = false;
        while (await reader.ReadAsync(cancellationToken))
        {
            found = true;
            await destination.WriteAsync(reader.GetFieldValue<byte[]>(0), cancellationToken);
        }

        return found;
    }

    /// <summary>Which files there are, newest first.</summary>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<StoredDataSet>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT sha256, bytes, kept_at FROM data_sets ORDER BY kept_at DESC, sha256");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<StoredDataSet>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new StoredDataSet(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2)));
        }

        return found;
    }

    /// <summary>Deletes a file.</summary>
    /// <param name="sha256">Its SHA-256, lower-case hex.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> DeleteAsync(string sha256, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("DELETE FROM data_sets WHERE sha256 = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = sha256 });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }
}
