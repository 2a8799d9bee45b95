using Levee.Features;
using Levee.Grains.Hosting;
using Levee.Grains.Models;
using Levee.Silo.Hosting;
using Levee.Storage;
using Levee.Training;
using Npgsql;

namespace Levee.Silo.FirstStart;

/// <summary>
/// Makes sure that there is a model: on the first start, trained on simulated history with the feature code of the grains. So too when the
/// one in production is of another feature list, as after an update or a change of <c>Levee:Features:List</c>.
/// </summary>
internal sealed class FirstModel(NpgsqlDataSource source, SiloSettings settings, FeatureList features, TimeProvider time)
{
    // Who holds this advisory lock makes the first model; silos that start together wait for it.
    private const long FirstModelLock = 7_210_533_843;

    /// <summary>The version in production that can answer, made if need be; null when there is none and none may be made.</summary>
    public async Task<ModelVersionRow?> EnsureAsync(StartupProgress progress, CancellationToken cancellationToken)
    {
        var registry = new ModelRegistry(source);
        var present = await FindAsync(registry, cancellationToken);
        if (present is not null || !settings.LoadsHistory)
        {
            return present;
        }

        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_lock($1)", cancellationToken);
        try
        {
            return await FindAsync(registry, cancellationToken) ?? await MakeAsync(registry, progress, cancellationToken);
        }
        finally
        {
            await ExecuteAsync(connection, "SELECT pg_advisory_unlock($1)", CancellationToken.None);
        }
    }

    private async Task<ModelVersionRow?> MakeAsync(ModelRegistry registry, StartupProgress progress, CancellationToken cancellationToken)
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
        return await FindAsync(registry, cancellationToken);
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

    // One of another feature list cannot answer.
    private async Task<ModelVersionRow?> FindAsync(ModelRegistry registry, CancellationToken cancellationToken) =>
        (await registry.ListAsync(cancellationToken))
            .FirstOrDefault(version => version.Stage == ModelStage.Production && version.FeatureHash == features.Hash);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = FirstModelLock } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class ReportTo(Action<string> report) : IProgress<string>
    {
        public void Report(string value) => report(value);
    }
}
