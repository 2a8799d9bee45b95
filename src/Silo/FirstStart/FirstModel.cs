using Levee.Features;
using Levee.Grains.Hosting;
using Levee.Grains.Models;
using Levee.Grains.Retraining;
using Levee.Silo.Hosting;
using Levee.Storage;
using Levee.Training;
using Npgsql;

namespace Levee.Silo.FirstStart;

/// <summary>
/// Makes sure that there is a model: on the first start, trained on simulated history with the feature code of the grains. Where one is in
/// production already, and be it of another feature list, nothing is made up: <see cref="RetrainScheduler"/> has it replaced.
/// </summary>
internal sealed class FirstModel(NpgsqlDataSource source, SiloSettings settings, FeatureList features, TimeProvider time)
{
    // Silos that start together wait for the one that simulates, loads and trains.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>The version in production that can answer, made if need be; null when there is none yet.</summary>
    public async Task<ModelVersionRow?> EnsureAsync(StartupProgress progress, CancellationToken cancellationToken)
    {
        var registry = new ModelRegistry(source);
        if (settings.LoadsHistory && await registry.FindProductionAsync(cancellationToken) is null)
        {
            await using var hold = await ExclusiveLock.HoldAsync(source, ExclusiveWork.FirstModel, LongestWait, cancellationToken);
            if (await registry.FindProductionAsync(cancellationToken) is null)
            {
                await MakeAsync(progress, cancellationToken);
            }
        }

        return await registry.FindProductionAsync(features.Hash, cancellationToken);
    }

    private async Task MakeAsync(StartupProgress progress, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var simulation = settings.Demo.ToSimulation(now);
        var history = await progress.RunAsync(
            $"Simulating {simulation.Days} days of {simulation.Customers} customers (seed {simulation.Seed})",
            _ => Task.Run(() => SimulatedHistory.Build(simulation, UnixMicros.FromDateTimeOffset(now), features, cancellationToken), cancellationToken));

        // A start that was stopped between the two finds the rows there and only trains.
        if (await new TransactionReader(source).CountAsync(cancellationToken) == 0)
        {
            await progress.RunAsync($"Loading {history.Count} transactions", async _ =>
            {
                await history.LoadAsync(new HistoryLoader(source), cancellationToken);
                return true;
            });
        }

        await using var services = Services();
        await progress.RunAsync(
            $"Training LightGBM on {history.TrainingRows.Count} rows",
            report => services.GetRequiredService<TrainingPipeline>().RunAsync(
                new TrainingRequest
                {
                    RunId = Guid.CreateVersion7(now),
                    Kind = "first",
                    Who = "first start",
                    Why = "the first model",
                    Stage = ModelStage.Production,

                    // Somebody waits for the first start: fewer folds do for a model of simulated history.
                    Options = new TrainingOptions { Seed = (int)simulation.Seed, DataQuery = $"simulated history, seed {simulation.Seed}", Folds = 3 },
                },
                history.TrainingRows,
                new ReportTo(report),
                cancellationToken));
    }

    // There is no host yet: the same services on the open database.
    private ServiceProvider Services()
    {
        var configuration = new ConfigurationBuilder()
            .AddConfiguration(settings.Configuration)
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Levee:Data"] = settings.DataDirectory })
            .Build();
        var services = new ServiceCollection().AddLogging().AddSingleton(source).AddSingleton(time).AddSingleton(features);
        services.AddSingleton<ModelRegistry>().AddSingleton<RunStore>().AddSingleton<TransactionReader>();
        return services.AddLeveeTraining(configuration).BuildServiceProvider();
    }

    private sealed class ReportTo(Action<string> report) : IProgress<string>
    {
        public void Report(string value) => report(value);
    }
}
