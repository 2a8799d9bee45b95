using System.Security.Cryptography;
using Levee.Models;
using Parquet;
using Parquet.Schema;

namespace Levee.Training;

/// <summary>
/// A data set as a Parquet file: a column each for transaction_id (UUID), event_time (microseconds since the Unix epoch), customer_id and
/// is_fraud, then the texts currency, country and device_type (null where not known), then a column of 32-bit floats for each feature, under
/// its name; NaN is missing. Query and feature hash are in the file's own metadata. The same data set gives the same bytes, so the file's
/// SHA-256 names it. Files that were written without the texts are read too.
/// </summary>
public static class DataSetFile
{
    private const int RowsInGroup = 50_000;
    private const string QueryKey = "levee.query";
    private const string HashKey = "levee.feature_hash";

    private static readonly DataField[] Keys =
    [
        new DataField<Guid>("transaction_id"), new DataField<long>("event_time"), new DataField<long>("customer_id"), new DataField<bool>("is_fraud"),
    ];

    private static readonly DataField[] Segments =
    [
        new DataField<string>("currency"), new DataField<string>("country"), new DataField<string>("device_type"),
    ];

    /// <summary>Writes a data set into a folder, under the SHA-256 of its bytes: <c>HASH.parquet</c>. One that is there already stays.</summary>
    /// <param name="folder">The folder; made when missing.</param>
    /// <param name="data">The data set, with at least one row.</param>
    /// <param name="cancellationToken">Stops; then nothing is left.</param>
    /// <returns>What names the data: the file is at <see cref="PathOf"/> of its SHA-256.</returns>
    /// <exception cref="TrainingDataException">There are no rows, or a vector does not fit the names.</exception>
    public static async Task<DataSnapshot> WriteAsync(string folder, DataSet data, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(data);
        Check(data);
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Guid.NewGuid():n}.tmp");
        try
        {
            string hash;
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                await WriteAsync(stream, data, cancellationToken);
                stream.Position = 0;
                hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, PathOf(folder, hash), overwrite: true);
            return new DataSnapshot
            {
                Query = data.Query,
                Rows = data.Rows.Count,
                Sha256 = hash,
                From = DateTimeOffset.UnixEpoch.AddMicroseconds(data.Rows[0].EventTimeMicros),
                To = DateTimeOffset.UnixEpoch.AddMicroseconds(data.Rows[^1].EventTimeMicros),
            };
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Reads the data set that a SHA-256 names, and checks that it is still the same.</summary>
    /// <param name="folder">The folder that it was written to.</param>
    /// <param name="sha256">Its SHA-256, lower-case hex.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="TrainingDataException">There is no such file, its bytes are others, or it is none that was written here.</exception>
    public static async Task<DataSet> ReadAsync(string folder, string sha256, CancellationToken cancellationToken)
    {
        var path = PathOf(folder, sha256);
        if (!File.Exists(path))
        {
            throw new TrainingDataException($"There is no data set {sha256} in {folder}.");
        }

        await using var stream = File.OpenRead(path);
        var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        if (found != sha256)
        {
            throw new TrainingDataException($"The data set {path} has changed: its SHA-256 is {found}.");
        }

        stream.Position = 0;
        try
        {
            return await ReadAsync(stream, cancellationToken);
        }
        catch (Exception exception) when (exception is ParquetException or InvalidOperationException or IOException or KeyNotFoundException)
        {
            throw new TrainingDataException($"{path} is not a data set: {exception.Message}");
        }
    }

    /// <summary>Where the data set of a SHA-256 lies in a folder.</summary>
    public static string PathOf(string folder, string sha256) => Path.Combine(folder, $"{sha256}.parquet");

    private static async Task WriteAsync(Stream stream, DataSet data, CancellationToken cancellationToken)
    {
        var features = data.FeatureNames.Select(name => new DataField<float>(name)).ToArray();
        var schema = new ParquetSchema([.. Keys, .. Segments, .. features]);
        await using var writer = await ParquetWriter.CreateAsync(schema, stream, cancellationToken: cancellationToken);
        writer.CustomMetadata = new Dictionary<string, string> { [QueryKey] = data.Query, [HashKey] = data.FeatureHash };
        for (var first = 0; first < data.Rows.Count; first += RowsInGroup)
        {
            var rows = new TrainingRow[Math.Min(RowsInGroup, data.Rows.Count - first)];
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = data.Rows[first + i];
            }

            using var group = writer.CreateRowGroup();
            await WriteAsync(group, Keys[0], rows, row => row.TransactionId, cancellationToken);
            await WriteAsync(group, Keys[1], rows, row => row.EventTimeMicros, cancellationToken);
            await WriteAsync(group, Keys[2], rows, row => row.CustomerId, cancellationToken);
            await WriteAsync(group, Keys[3], rows, row => row.IsFraud, cancellationToken);
            await WriteAsync(group, Segments[0], rows, row => row.Currency);
            await WriteAsync(group, Segments[1], rows, row => row.Country);
            await WriteAsync(group, Segments[2], rows, row => row.DeviceType);
            for (var i = 0; i < features.Length; i++)
            {
                var feature = i;
                await WriteAsync(group, features[i], rows, row => row.Features[feature], cancellationToken);
            }

            group.CompleteValidate();
        }
    }

    private static Task WriteAsync<T>(
        ParquetRowGroupWriter group, DataField field, TrainingRow[] rows, Func<TrainingRow, T> value, CancellationToken cancellationToken)
        where T : struct => group.WriteAsync<T>(field, Array.ConvertAll(rows, row => value(row)).AsMemory(), cancellationToken: cancellationToken);

    private static async Task WriteAsync(ParquetRowGroupWriter group, DataField field, TrainingRow[] rows, Func<TrainingRow, string?> value) =>
        await group.WriteAsync(field, Array.ConvertAll(rows, row => value(row))!);

    private static async Task<DataSet> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        await using var reader = await ParquetReader.CreateAsync(stream, cancellationToken: cancellationToken);
        var fields = reader.Schema.GetDataFields();
        if (!fields.Take(Keys.Length).Select(field => field.Name).SequenceEqual(Keys.Select(key => key.Name)))
        {
            throw new InvalidOperationException("its columns are others.");
        }

        var rest = fields[Keys.Length..];
        var hasSegments = rest.Take(Segments.Length).Select(field => field.Name).SequenceEqual(Segments.Select(segment => segment.Name));
        var features = hasSegments ? rest[Segments.Length..] : rest;
        var (rows, texts) = (new List<TrainingRow>(), new Dictionary<string, string>(StringComparer.Ordinal));
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var group = reader.OpenRowGroupReader(i);
            var ids = await ReadAsync<Guid>(group, fields[0], cancellationToken);
            var times = await ReadAsync<long>(group, fields[1], cancellationToken);
            var customers = await ReadAsync<long>(group, fields[2], cancellationToken);
            var frauds = await ReadAsync<bool>(group, fields[3], cancellationToken);
            var vectors = ids.Select(_ => new float[features.Length]).ToArray();
            for (var feature = 0; feature < features.Length; feature++)
            {
                var values = await ReadAsync<float>(group, features[feature], cancellationToken);
                for (var row = 0; row < values.Length; row++)
                {
                    vectors[row][feature] = values[row];
                }
            }

            var segments = new string?[Segments.Length][];
            for (var segment = 0; segment < segments.Length; segment++)
            {
                segments[segment] = hasSegments ? await ReadTextsAsync(group, rest[segment], texts, cancellationToken) : new string?[ids.Length];
            }

            for (var row = 0; row < ids.Length; row++)
            {
                rows.Add(new TrainingRow(ids[row], times[row], customers[row], frauds[row], vectors[row])
                {
                    Currency = segments[0][row],
                    Country = segments[1][row],
                    DeviceType = segments[2][row],
                });
            }
        }

        return new DataSet
        {
            Query = reader.CustomMetadata[QueryKey],
            FeatureHash = reader.CustomMetadata[HashKey],
            FeatureNames = [.. features.Select(field => field.Name)],
            Rows = rows,
        };
    }

    private static async Task<T[]> ReadAsync<T>(ParquetRowGroupReader group, DataField field, CancellationToken cancellationToken)
        where T : struct
    {
        var values = new T[checked((int)group.RowCount)];
        await group.ReadAsync<T>(field, values.AsMemory(), null, cancellationToken);
        return values;
    }

    // Few texts, each many times: one copy of each is kept.
    private static async Task<string?[]> ReadTextsAsync(
        ParquetRowGroupReader group, DataField field, Dictionary<string, string> known, CancellationToken cancellationToken)
    {
        var values = new string?[checked((int)group.RowCount)];
        await group.ReadAsync(field, values!, null, cancellationToken);
        for (var row = 0; row < values.Length; row++)
        {
            if (values[row] is { } text && !known.TryGetValue(text, out values[row]))
            {
                known.Add(text, text);
                values[row] = text;
            }
        }

        return values;
    }

    private static void Check(DataSet data)
    {
        if (data.Rows.Count == 0)
        {
            throw new TrainingDataException("A data set needs at least one row.");
        }

        foreach (var row in data.Rows)
        {
            if (row.Features.Length != data.FeatureNames.Count)
            {
                throw new TrainingDataException(
                    $"Row {row.TransactionId} has {row.Features.Length} features; the data set has {data.FeatureNames.Count}.");
            }
        }
    }
}
