using System.CommandLine;
using System.Globalization;
using Levee.Cli.Training;
using Levee.Features;
using Levee.Grains.Models;
using Levee.Grains.Tracking;
using Levee.Storage;
using Levee.Training;
using Npgsql;

namespace Levee.Cli.Commands;

/// <summary><c>levee datasets build</c>.</summary>
internal static class DatasetsBuildCommand
{
    public static Command Create()
    {
        var database = new DatabaseChoice();
        var days = CommonOptions.Number("--days", "Days of transactions whose labels are mature.", 1, 3_650, 30);
        var asOf = new Option<DateTimeOffset?>("--as-of")
        {
            Description =
                "The time as of which labels are known; now when absent. The days end seven days before it: later transactions have no label yet.",
            HelpName = "time",
            CustomParser = CommonOptions.ParsePastTime,
        };
        var command = new Command(
            "build",
            "Builds a data set from the stored transactions: each one's features as they were known at its event, and its label as known as of a " +
            "time. Writes the table training_features, and a Parquet file under --data that is named by its SHA-256.")
        {
            days, asOf,
        };
        database.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            await using var source = database.Open(parsed);
            await new LeveeDatabase(source).MigrateAsync(cancellationToken);
            var time = parsed.GetValue(asOf) ?? TimeProvider.System.GetUtcNow();
            var features = CliConfiguration.Features();
            var readAt = TimeProvider.System.GetUtcNow();
            var data = await BuildAsync(source, features, time, parsed.GetValue(days), cancellationToken);
            await new TrainingFeatureStore(source).WriteAsync(
                features.Hash,
                data.Rows.Select(row => new TrainingVector(row.TransactionId, row.EventTimeMicros, row.CustomerId, row.IsFraud, row.Features)),
                readAt,
                cancellationToken);
            await using var services = TrainingServices.Create(source, database.FolderOf(parsed), parsed.InvocationConfiguration.Error);
            var folder = services.Get<RunFolders>().Snapshots;
            var snapshot = await DataSetFile.WriteAsync(folder, data, cancellationToken);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{snapshot.Rows} rows ({data.Rows.Count(row => row.IsFraud)} frauds) from {snapshot.From:u} to {snapshot.To:u}"));
            output.WriteLine(DataSetFile.PathOf(folder, snapshot.Sha256));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<DataSet> BuildAsync(
        NpgsqlDataSource source, FeatureList features, DateTimeOffset asOf, int days, CancellationToken cancellationToken) => new()
        {
            Query = StoredRows.Describe(asOf, days, StoredRows.FullWarmUpDays),
            FeatureHash = features.Hash,
            FeatureNames = [.. features.Features.Select(feature => feature.Name)],
            Rows = await new StoredRows(new TransactionReader(source), features).BuildAsync(asOf, days, StoredRows.FullWarmUpDays, cancellationToken),
        };
}
