using System.CommandLine;
using System.Globalization;
using Levee.Features;
using Levee.Storage;
using Levee.Training;
using Npgsql;

namespace Levee.Cli.Commands;

/// <summary><c>levee import</c>.</summary>
internal static class ImportCommand
{
    private static readonly string[] FilledFields = ["transaction_id", "currency", "card_last_4", "is_fraud", "country", "device_type"];

    public static Command Create()
    {
        var files = new Argument<string[]>("file")
        {
            Description = "Files of transactions: CSV with a header, plain or gzip, or Parquet; in any order of time.",
            Arity = ArgumentArity.OneOrMore,
        };
        var database = new DatabaseChoice();
        var columns = new TransactionFileArguments();
        var rejects = new Option<string?>("--rejects")
        {
            Description = "File for the rows that are not imported, as CSV with the reasons.",
            HelpName = "file",
        };
        var topic = new Option<string>("--topic") { Description = "Topic of the live transactions.", DefaultValueFactory = _ => "transactions" };
        var workers = CommonOptions.Number("--workers", "Connections that store at once.", 1, 32, new ImportOptions().Workers);
        var command = new Command(
            "import",
            "Imports history: rows, 1-minute rows, and the state of every customer and merchant as if all had been seen live. Importing a file " +
            "again changes nothing, and completes an import that was interrupted. Silos may run meanwhile. A label (is_fraud) counts as known " +
            "from the event on, so for features and training after the label delay. Missing: currency is the base currency, transaction_id is " +
            "made of the row, the others are empty.")
        {
            files,
        };
        columns.AddTo(command);
        command.Add(rejects);
        command.Add(topic);
        command.Add(workers);
        database.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(files) is { Tokens.Count: > short.MaxValue })
            {
                result.AddError($"At most {short.MaxValue} files at once.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = columns.Read(parsed, requireLabels: false);
            var import = new ImportOptions { Topic = parsed.GetRequiredValue(topic), Workers = parsed.GetValue(workers) };
            await using var source = database.Open(parsed);
            var output = parsed.InvocationConfiguration.Output;
            return await RunAsync(source, parsed.GetRequiredValue(files), options, import, parsed.GetValue(rejects), output, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        NpgsqlDataSource source,
        string[] paths,
        TransactionFileOptions options,
        ImportOptions import,
        string? rejects,
        TextWriter output,
        CancellationToken cancellationToken)
    {
        var opened = new List<TransactionFile>();
        try
        {
            // All before anything is read: a name that is wrong should not be found out after an hour.
            foreach (var path in paths)
            {
                opened.Add(TransactionFile.Open(path, options));
                SayDefaults(opened[^1], options, output);
            }

            await new LeveeDatabase(source).MigrateAsync(cancellationToken);
            using var rejected = new RejectedRowsFile(paths, rejects);
            var importer = new HistoryImporter(source, TimeProvider.System);
            var started = TimeProvider.System.GetTimestamp();
            var result = await ImportProgressBar.ShowAsync(output, opened, onProgress => importer.RunAsync(
                string.Join(", ", paths.Select(Path.GetFileName)),
                Rows(opened, rejected),
                import,
                row => rejected.Add(row.File, row.Row, new FieldError(row.Field, row.Reason)),
                onProgress,
                cancellationToken));
            Summarize(result, rejected, TimeProvider.System.GetElapsedTime(started), output);
            return result.Undecided == 0 ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (InvalidOperationException exception) when (exception.Message.StartsWith("Migration", StringComparison.Ordinal))
        {
            throw new CliException(exception.Message, exception);
        }
        finally
        {
            opened.ForEach(file => file.Dispose());
        }
    }

    private static IEnumerable<ImportRow> Rows(List<TransactionFile> files, RejectedRowsFile rejected)
    {
        for (short i = 0; i < files.Count; i++)
        {
            while (files[i].Read(out var row))
            {
                if (row.Transaction is { } transaction)
                {
                    yield return new ImportRow(i, row.Number, transaction);
                }
                else
                {
                    rejected.Add(i, row.Number, row.Error);
                }
            }
        }
    }

    private static void SayDefaults(TransactionFile file, TransactionFileOptions options, TextWriter output)
    {
        var missing = FilledFields.Where(field => !file.Columns.Contains(options.Columns.ColumnOf(field))).Select(field => field switch
        {
            "currency" => $"currency ({options.DefaultCurrency ?? options.Currencies.BaseCurrency})",
            "transaction_id" => "transaction_id (made of the row)",
            _ => $"{field} (empty)",
        }).ToArray();
        if (missing.Length > 0)
        {
            output.WriteLine($"{file.Path} has no column for: {string.Join(", ", missing)}.");
        }
    }

    private static void Summarize(ImportResult result, RejectedRowsFile rejected, TimeSpan taken, TextWriter output)
    {
        var console = Screen.Of(output);
        if (rejected.Count > 0)
        {
            var table = Screen.NewTable("Rejected", "Field", "Reason", "First rows");
            foreach (var reason in rejected.Reasons)
            {
                table.Add(
                    reason.Count.ToString(CultureInfo.InvariantCulture), reason.Field, reason.Message, string.Join(", ", reason.FirstRows));
            }

            console.Write(table);
        }

        if (result.Added == 0 && result.Merchants + result.Undecided == 0)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Nothing changed: {result.Known} rows were stored already, {rejected.Count} were rejected."));
            return;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Added} rows added, {result.Known} stored already, {rejected.Count} rejected; {result.Customers} customers and " +
            $"{result.Merchants} merchants have new states; {taken.TotalSeconds:F1} s."));
        if (result.Undecided > 0)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Undecided} merchants were too busy to get theirs: run the import again to complete it."));
        }
    }
}
