using Levee.Models;
using Levee.Storage;
using Levee.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Grains.Tracking;

/// <summary>
/// The rows that trainings are given: as table <c>training_features</c> for SQL, and as a Parquet file that its SHA-256 names, in PostgreSQL and
/// on disk. The file in PostgreSQL is the record, so a version can be trained again wherever the database is; that on disk is a copy.
/// </summary>
public sealed partial class DataSets(
    RunFolders folders, DataSetStore store, TrainingFeatureStore table, IOptions<TrackingOptions> options, ILogger<DataSets> logger)
{
    /// <summary>Keeps the rows of a training, as the options say.</summary>
    /// <param name="runId">The run, for the log.</param>
    /// <param name="data">The rows.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What names the file; null when none is kept, or when it could not be made, which is logged.</returns>
    /// <exception cref="NpgsqlException">PostgreSQL does not take them.</exception>
    public async Task<DataSnapshot?> KeepAsync(Guid runId, DataSet data, CancellationToken cancellationToken)
    {
        if (options.Value.MaterializeFeatures)
        {
            await MaterializeAsync(data, cancellationToken);
        }

        if (!options.Value.KeepSnapshots)
        {
            return null;
        }

        try
        {
            var snapshot = await DataSetFile.WriteAsync(folders.Snapshots, data, cancellationToken);
            await using var file = File.OpenRead(DataSetFile.PathOf(folders.Snapshots, snapshot.Sha256));
            await store.AddAsync(snapshot.Sha256, file, cancellationToken);
            return snapshot;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotKept(logger, runId, folders.Snapshots, exception);
            return null;
        }
    }

    /// <summary>Writes rows to <c>training_features</c>; those that are there already, on the same feature list, are replaced.</summary>
    public Task MaterializeAsync(DataSet data, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        return table.WriteAsync(
            data.FeatureHash,
            data.Rows.Select(row => new TrainingVector(row.TransactionId, row.EventTimeMicros, row.CustomerId, row.IsFraud, row.Features)),
            cancellationToken);
    }

    /// <summary>Reads a data set, from the disk or else from PostgreSQL; its bytes are checked against its name.</summary>
    /// <param name="sha256">Its SHA-256, lower-case hex.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="TrainingDataException">It is nowhere, or its bytes are others.</exception>
    public async Task<DataSet> ReadAsync(string sha256, CancellationToken cancellationToken)
    {
        if (File.Exists(DataSetFile.PathOf(folders.Snapshots, sha256)))
        {
            return await DataSetFile.ReadAsync(folders.Snapshots, sha256, cancellationToken);
        }

        var temporary = Directory.CreateTempSubdirectory("levee-data-set-").FullName;
        try
        {
            var found = false;
            await using (var file = File.Create(DataSetFile.PathOf(temporary, sha256)))
            {
                found = await store.CopyToAsync(sha256, file, cancellationToken);
            }

            return found
                ? await DataSetFile.ReadAsync(temporary, sha256, cancellationToken)
                : throw new TrainingDataException($"There is no data set {sha256}, neither in {folders.Snapshots} nor in the database.");
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The data set of run {Run} could not be kept in {Folder}; the run cannot be reproduced from it")]
    private static partial void LogNotKept(ILogger logger, Guid run, string folder, Exception exception);
}
