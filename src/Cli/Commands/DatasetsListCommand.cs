using System.CommandLine;
using System.Globalization;
using Levee.Cli.Training;
using Levee.Grains.Tracking;
using Levee.Storage;
using Levee.Training;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee datasets list</c>.</summary>
internal static class DatasetsListCommand
{
    public static Command Create()
    {
        var database = new DatabaseChoice();
        var command = new Command("list", "Lists the data sets that are kept, newest first, and says which have changed since.");
        database.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = database.Open(parsed);
            await new LeveeDatabase(source).MigrateAsync(cancellationToken);
            await using var services = TrainingServices.Create(source, database.FolderOf(parsed), parsed.InvocationConfiguration.Error);
            var dataSets = services.Get<DataSets>();
            var kept = await dataSets.ListAsync(cancellationToken);
            var console = Screen.Of(parsed.InvocationConfiguration.Output);
            if (kept.Count == 0)
            {
                console.WriteLine("There are no data sets, neither in the database nor in its folder.");
                return ExitCodes.Success;
            }

            var table = Screen.NewTable("SHA-256", "Kept", "In", "MiB", "Rows", "Frauds", "From", "To", "Query");

            // It is there to be copied.
            table.Columns[0].NoWrap();
            foreach (var one in kept)
            {
                table.Add([.. Describe(one), .. await DescribeRowsAsync(dataSets, one.Sha256, cancellationToken)]);
            }

            console.Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static string[] Describe(KeptDataSet one) =>
    [
        one.Sha256,
        one.KeptAt.ToString("u", CultureInfo.InvariantCulture),
        (one.InDatabase, one.OnDisk) switch { (true, true) => "database, folder", (true, false) => "database", _ => "folder" },
        ((double)one.Bytes / (1 << 20)).ToString("F1", CultureInfo.InvariantCulture),
    ];

    private static async Task<string[]> DescribeRowsAsync(DataSets dataSets, string hash, CancellationToken cancellationToken)
    {
        try
        {
            var set = await dataSets.ReadAsync(hash, cancellationToken);
            return
            [
                set.Rows.Count.ToString(CultureInfo.InvariantCulture),
                set.Rows.Count(row => row.IsFraud).ToString(CultureInfo.InvariantCulture),
                Time(set.Rows[0]),
                Time(set.Rows[^1]),
                set.Query,
            ];
        }
        catch (TrainingDataException exception)
        {
            return ["", "", "", "", exception.Message];
        }
    }

    private static string Time(TrainingRow row) =>
        DateTimeOffset.UnixEpoch.AddMicroseconds(row.EventTimeMicros).ToString("u", CultureInfo.InvariantCulture);
}
