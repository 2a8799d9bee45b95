using Levee.Models;
using Levee.Storage;
using Levee.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Grains.Tracking;

/// <summary>
/// The rows that trainings are given: as table <c>training_features</c> for SQL, and as a Parquet file that its SHA-256 names, in PostgreSQL and
/// on disk. The file in PostgreSQL is the record, so a version can be trained again wherever the database is; that on disk is a copy for people.
/// </summary>
public sealed partial class DataSets(
    RunFolders folders, DataSetStore store, TrainingFeatureStore table, IOptions<TrackingOptions> options, ILogger<DataSets> logger)
{
    /// <summary>Keeps the rows of a training, as the options say.</summary>
    /// <param name="runId">The run, for the log.</param>
    /// <param name="data">The rows.</param>
    /// <param name="readAt">When they were read from the database; null when they are not for <c>training_features</c>.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What names the file; null when none is kept, or when it could not be made, which is logged.</returns>
    /// <exception cref="NpgsqlException">PostgreSQL does not take them.</exception>
    public async Task<DataSnapshot?> KeepAsync(Guid runId, DataSet data, DateTimeOffset? readAt, CancellationToken cancellationToken)
    {
        if (options.Value.MaterializeFeatures && readAt is { } time)
        {
            await table.WriteAsync(
                data.FeatureHash,
                data.Rows.Select(row => new TrainingVector(row.TransactionId, row.EventTimeMicros, row.CustomerId, row.IsFraud, row.Features)),
                time,
                cancellationToken);
        }

        if (!options.Value.KeepSnapshots)
        {
            return null;
        }

        // Not in the folder first: it may be full or read-only.
        var temporary = Directory.CreateTempSubdirectory("levee-data-set-").FullName;
        try
        {
            var snapshot = await DataSetFile.WriteAsync(temporary, data, cancellationToken);
            var path = DataSetFile.PathOf(temporary, snapshot.Sha256);
            await using (var file = File.OpenRead(path))
            {
                await store.AddAsync(snapshot.Sha256, file, cancellationToken);
            }

            Copy(runId, path, snapshot.Sha256);
            return snapshot;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotKept(logger, runId, temporary, exception);
            return null;
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Reads a data set, from PostgreSQL or else from the disk; its bytes are checked against its name.</summary>
    /// <param name="sha256">Its SHA-256, lower-case hex.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="TrainingDataException">It is nowhere, or its bytes are others.</exception>
    public async Task<DataSet> ReadAsync(string sha256, CancellationToken cancellationToken)
    {
        var temporary = Directory.CreateTempSubdirectory("levee-data-set-").FullName;
        try
        {
            var found = false;
            await using (var file = File.Create(DataSetFile.PathOf(temporary, sha256)))
            {
                found = await store.CopyToAsync(sha256, file, cancellationToken);
            }

            if (found)
            {
                return await DataSetFile.ReadAsync(temporary, sha256, cancellationToken);
            }
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }

        // From before data sets were in PostgreSQL, or deleted there.
        return File.Exists(DataSetFile.PathOf(folders.Snapshots, sha256))
            ? await DataSetFile.ReadAsync(folders.Snapshots, sha256, cancellationToken)
            : throw new TrainingDataException($"There is no data set {sha256}, neither in the database nor in {folders.Snapshots}.");
    }

    /// <summary>Which data sets there are in PostgreSQL and on disk, newest first.</summary>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<KeptDataSet>> ListAsync(CancellationToken cancellationToken)
    {
        var copies = Directory.Exists(folders.Snapshots) ? new DirectoryInfo(folders.Snapshots).GetFiles("*.parquet") : [];
        var kept = copies.ToDictionary(
            file => Path.GetFileNameWithoutExtension(file.Name),
            file => new KeptDataSet(Path.GetFileNameWithoutExtension(file.Name), file.Length, file.LastWriteTimeUtc, InDatabase: false, OnDisk: true));
        foreach (var stored in await store.ListAsync(cancellationToken))
        {
            kept[stored.Sha256] = new KeptDataSet(stored.Sha256, stored.Bytes, stored.KeptAt, InDatabase: true, kept.ContainsKey(stored.Sha256));
        }

        return [.. kept.Values.OrderByDescending(one => one.KeptAt).ThenBy(one => one.Sha256, StringComparer.Ordinal)];
    }

    /// <summary>Deletes a data set, in PostgreSQL and on disk. A version that was trained on it cannot be reproduced any more.</summary>
    /// <param name="sha256">Its SHA-256, lower-case hex.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="IOException">The copy on disk cannot be deleted.</exception>
    public async Task<bool> DeleteAsync(string sha256, CancellationToken cancellationToken)
    {
        var found = await store.DeleteAsync(sha256, cancellationToken);
        var path = DataSetFile.PathOf(folders.Snapshots, sha256);
        if (!File.Exists(path))
        {
            return found;
        }

        File.Delete(path);
        return true;
    }

    // For people and tools; PostgreSQL has it.
    private void Copy(Guid runId, string path, string sha256)
    {
        try
        {
            Directory.CreateDirectory(folders.Snapshots);
            var hidden = Path.Combine(folders.Snapshots, $".{Guid.NewGuid():n}.tmp");
            File.Copy(path, hidden);
            File.Move(hidden, DataSetFile.PathOf(folders.Snapshots, sha256), overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotCopied(logger, runId, folders.Snapshots, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The data set of run {Run} could not be written to {Folder}; PostgreSQL has it")]
    private static partial void LogNotCopied(ILogger logger, Guid run, string folder, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The data set of run {Run} could not be kept in {Folder}; the run cannot be reproduced from it")]
    private static partial void LogNotKept(ILogger logger, Guid run, string folder, Exception exception);
}
