using Levee.Features;
using Levee.Grains.Hosting;
using Levee.Grains.Models;
using Levee.Grains.Retraining;
using Levee.Silo.Hosting;
using Levee.Storage;
using Levee.Training;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Silo.FirstStart;

/// <summary>
/// Makes sure that there is a model: on the first start, trained on simulated history with the feature code of the grains. When the one in
/// production is of another feature list, as after an update or a change of <c>Levee:Features:List</c>, one is trained on the transactions that
/// are stored, and on simulated history only where these are not enough.
/// </summary>
internal sealed class FirstModel(NpgsqlDataSource source, SiloSettings settings, FeatureList features, TimeProvider time)
{
    // Who holds this advisory lock makes the first model; silos that start together wait for it.
    private const long FirstModelLock = 7_210_533_843;

    // Somebody waits for the start: fewer folds than usual do.
    private const int Folds = 3;

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
        await using var services = Services();
        var isEmpty = await services.GetRequiredService<TransactionReader>().CountAsync(cancellationToken) == 0;
        if (isEmpty || !await TrainOnStoredAsync(services, progress, cancellationToken))
        {
            await TrainOnSimulatedAsync(services, isEmpty, progress, cancellationToken);
        }

        return await FindAsync(registry, cancellationToken);
    }

    /// <summary>Trains on what is stored.</summary>
    /// <returns>False where that is not enough to train on.</returns>
    private async Task<bool> TrainOnStoredAsync(IServiceProvider services, StartupProgress progress, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (stored, options) = (services.GetRequiredService<StoredRows>(), services.GetRequiredService<IOptions<RetrainOptions>>().Value);
        var rows = await progress.RunAsync(
            "Reading the stored transactions",
            _ => stored.BuildAsync(now, options.TrainingDays, options.WarmUpDays, cancellationToken));
        try
        {
            await TrainAsync(
                services,
                "no version in production is of the feature list in use",
                new TrainingOptions { Seed = options.Seed, Folds = Folds, DataQuery = StoredRows.Describe(now, options.TrainingDays, options.WarmUpDays) },
                rows,
                progress,
                cancellationToken);
            return true;
        }
        catch (TrainingDataException reason)
        {
            progress.Note($"The stored transactions are not enough to train on: {reason.Message}");
            return false;
        }
    }

    private async Task TrainOnSimulatedAsync(IServiceProvider services, bool loads, StartupProgress progress, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var simulation = settings.Demo.ToSimulation(now);
        var history = await progress.RunAsync(
            $"Simulating {simulation.Days} days of {simulation.Customers} customers (seed {simulation.Seed})",
            _ => Task.Run(() => SimulatedHistory.Build(simulation, UnixMicros.FromDateTimeOffset(now), features, cancellationToken), cancellationToken));
        if (loads)
        {
            await progress.RunAsync($"Loading {history.Count} transactions", async _ =>
            {
                await history.LoadAsync(new HistoryLoader(source), cancellationToken);
                return true;
            });
        }

        await TrainAsync(
            services,
            "the first model",
            new TrainingOptions { Seed = (int)simulation.Seed, Folds = Folds, DataQuery = $"simulated history, seed {simulation.Seed}" },
            history.TrainingRows,
            progress,
            cancellationToken);
    }

    private Task TrainAsync(
        IServiceProvider services,
        string why,
        TrainingOptions options,
        IReadOnlyList<TrainingRow> rows,
        StartupProgress progress,
        CancellationToken cancellationToken) => progress.RunAsync(
            $"Training LightGBM on {rows.Count} rows",
            report => services.GetRequiredService<TrainingPipeline>().RunAsync(
                new TrainingRequest
                {
                    RunId = Guid.CreateVersion7(time.GetUtcNow()),
                    Kind = "first",
                    Who = "first start",
                    Why = why,
                    Stage = ModelStage.Production,
                    Options = options,
                },
                rows,
                new ReportTo(report),
                cancellationToken));

    // There is no host yet: the same services on the open database.
    private ServiceProvider Services()
    {
        var configuration = new ConfigurationBuilder()
            .AddConfiguration(settings.Configuration)
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Levee:Data"] = settings.DataDirectory })
            .Build();
        var services = new ServiceCollection().AddLogging().AddSingleton(source).AddSingleton(time).AddSingleton(features);
        services.AddOptions<RetrainOptions>().Bind(configuration.GetSection(RetrainOptions.Section)).ValidateDataAnnotations();
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
