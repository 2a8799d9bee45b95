using Levee.Storage;
using Levee.Training;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary>Shows how far an import is: a bar for each step on a terminal, nothing elsewhere.</summary>
internal static class ImportProgressBar
{
    public static async Task<ImportResult> ShowAsync(
        TextWriter output, IReadOnlyList<TransactionFile> files, Func<Action<ImportProgress>, Task<ImportResult>> import)
    {
        if (!Screen.IsInteractive(output))
        {
            return await import(_ => { });
        }

        ImportResult? result = null;
        await Screen.Of(output).Progress().StartAsync(async context =>
        {
            var reading = context.AddTask("files read", maxValue: files.Count);
            var customers = context.AddTask("rows stored", autoStart: false);
            var merchants = context.AddTask("merchants", autoStart: false);
            result = await import(progress =>
            {
                if (progress.Step == ImportStep.Reading)
                {
                    reading.Value = files.Sum(file => file.ReadShare);
                    return;
                }

                reading.Value = reading.MaxValue;
                var task = progress.Step == ImportStep.Customers ? customers : merchants;
                task.StartTask();
                task.MaxValue = Math.Max(1, progress.Total);
                task.Value = progress.Done;
            });
            reading.Value = reading.MaxValue;
        });
        return result!;
    }
}
