using System.CommandLine;
using System.Globalization;
using Levee.Training;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee datasets list</c>.</summary>
internal static class DatasetsListCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data")
        {
            Description = "Folder of the embedded servers.",
            HelpName = "folder",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("Levee__Data") is { Length: > 0 } folder ? folder : ".levee",
        };
        var command = new Command("list", "Lists the data sets that are kept, newest first, and says which have changed since.") { data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = DatasetsBuildCommand.FolderOf(parsed.GetRequiredValue(data));
            var files = Directory.Exists(folder) ? new DirectoryInfo(folder).GetFiles("*.parquet") : [];
            var console = Screen.Of(parsed.InvocationConfiguration.Output);
            if (files.Length == 0)
            {
                console.WriteLine($"There are no data sets in {folder}.");
                return ExitCodes.Success;
            }

            var table = Screen.NewTable("SHA-256", "Rows", "Frauds", "From", "To", "Query");
            foreach (var file in files.OrderByDescending(file => file.LastWriteTimeUtc))
            {
                table.Add(await DescribeAsync(folder, Path.GetFileNameWithoutExtension(file.Name), cancellationToken));
            }

            console.Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<string[]> DescribeAsync(string folder, string hash, CancellationToken cancellationToken)
    {
        try
        {
            var set = await DataSetFile.ReadAsync(folder, hash, cancellationToken);
            return
            [
                hash,
                set.Rows.Count.ToString(CultureInfo.InvariantCulture),
                set.Rows.Count(row => row.IsFraud).ToString(CultureInfo.InvariantCulture),
                Time(set.Rows[0]),
                Time(set.Rows[^1]),
                set.Query,
            ];
        }
        catch (TrainingDataException exception)
        {
            return [hash, "", "", "", "", exception.Message];
        }
    }

    private static string Time(TrainingRow row) =>
        DateTimeOffset.UnixEpoch.AddMicroseconds(row.EventTimeMicros).ToString("u", CultureInfo.InvariantCulture);
}
