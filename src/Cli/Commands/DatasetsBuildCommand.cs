using System.CommandLine;
using System.Globalization;
using Levee.Features;
using Levee.Storage;
using Levee.Training;
using Npgsql;

namespace Levee.Cli.Commands;

/// <summary><c>levee datasets build</c>.</summary>
internal static class DatasetsBuildCommand
{
    // The longest windows: a merchant's, of 30 days, end seven days before the transaction.
    private const int WarmUpDays = 37;

    public static Command Create()
    {
        var database = new DatabaseArguments();
        var days = CommonOptions.Number("--days", "Days of transactions.", 1, 3_650, 30);
        var asOf = new Option<DateTimeOffset?>("--as-of")
        {
            Description =
                "The time as of which labels are known; now when absent. Transactions less than seven days older have none yet and stay out.",
            HelpName = "time",
            CustomParser = CommonOptions.ParseTime,
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
            var time = parsed.GetValue(asOf) ?? TimeProvider.System.GetUtcNow();
            var features = CliConfiguration.Features();
            var data = await BuildAsync(source, features, time, parsed.GetValue(days), cancellationToken);
            await new TrainingFeatureStore(source).WriteAsync(
                features.Hash,
                data.Rows.Select(row => new TrainingVector(row.TransactionId, row.EventTimeMicros, row.CustomerId, row.IsFraud, row.Features)),
                cancellationToken);
            var folder = FolderOf(database.Data(parsed));
            var snapshot = await DataSetFile.WriteAsync(folder, data, cancellationToken);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{snapshot.Rows} rows ({data.Rows.Count(row => row.IsFraud)} frauds) from {snapshot.From:u} to {snapshot.To:u}"));
            output.WriteLine(DataSetFile.PathOf(folder, snapshot.Sha256));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Where data sets are kept.</summary>
    public static string FolderOf(string data) => Path.GetFullPath(Path.Combine(data, "snapshots"));

    private static async Task<DataSet> BuildAsync(
        NpgsqlDataSource source, FeatureList features, DateTimeOffset asOf, int days, CancellationToken cancellationToken)
    {
        var to = UnixMicros.FromDateTimeOffset(asOf);
        var first = to - (days * UnixMicros.PerDay);
        var history = await new TransactionReader(source).ReadAsync(first - (WarmUpDays * UnixMicros.PerDay), to, cancellationToken);
        return new DataSet
        {
            Query = string.Create(
                CultureInfo.InvariantCulture,
                $"transactions of the {days} days before {asOf.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}, windows filled from {WarmUpDays} days " +
                $"before, labels known then"),
            FeatureHash = features.Hash,
            FeatureNames = [.. features.Features.Select(feature => feature.Name)],
            Rows = TrainingSetBuilder.Build(
                history.Transactions, history.Labels, to, features, out _, new TrainingSetOptions { RowsFromMicros = first }, cancellationToken),
        };
    }
}
