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
    // Who holds this advisory lock makes the first model; silos that start together wait for it.
    private const long FirstModelLock = 7_210_533_843;

    // Another silo may be simulating, loading and training.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>The version in production that can answer, made if need be; null when there is none yet.</summary>
    public async Task<ModelVersionRow?> EnsureAsync(StartupProgress progress, CancellationToken cancellationToken)
    {
        var registry = new ModelRegistry(source);
        if (!settings.LoadsHistory || await FindAsync(registry, cancellationToken) is not null)
        {
            return await FindUsableAsync(registry, cancellationToken);
        }

        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_lock($1)", cancellationToken);
        try
        {
            if (await FindAsync(registry, cancellationToken) is null)
            {
                await MakeAsync(progress, cancellationToken);
            }

            return await FindUsableAsync(registry, cancellationToken);
        }
        finally
        {
            await ExecuteAsync(connection, "SELECT pg_advisory_unlock($1)", CancellationToken.None);
        }
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

    private static async Task<ModelVersionRow?> FindAsync(ModelRegistry registry, CancellationToken cancellationToken) =>
        (await registry.ListAsync(cancellationToken)).FirstOrDefault(version => version.Stage == ModelStage.Production);

    // One of another feature list cannot answer.
    private async Task<ModelVersionRow?> FindUsableAsync(ModelRegistry registry, CancellationToken cancellationToken) =>
        await FindAsync(registry, cancellationToken) is { } version && version.FeatureHash == features.Hash ? version : null;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = FirstModelLock } },
            CommandTimeout = (int)LongestWait.TotalSeconds,
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class ReportTo(Action<string> report) : IProgress<string>
    {
        public void Report(string value) => report(value);
    }
}
