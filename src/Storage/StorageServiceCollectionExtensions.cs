using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Storage;

/// <summary>Adds the storage.</summary>
public static class StorageServiceCollectionExtensions
{
    /// <summary>Adds the data source, the group commit, the prediction log and the stores.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="configuration">Holds the sections <c>Levee:Postgres</c> and <c>Levee:PredictionLog</c>, and <c>Levee:Data</c>.</param>
    /// <param name="sessionName">
    /// Names the database sessions (<c>application_name</c>), up to 63 bytes and unlike those of any other process, for
    /// <see cref="SessionFence"/>. Null leaves the name to the connection string.
    /// </param>
    public static IServiceCollection AddLeveeStorage(
        this IServiceCollection services, IConfiguration configuration, Func<IServiceProvider, string>? sessionName = null)
    {
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PredictionLogOptions>()
            .Bind(configuration.GetSection(PredictionLogOptions.Section))
            .PostConfigure(options => options.Folder = PredictionFolder(options, configuration))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => CreateSource(
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.ConnectionString, sessionName?.Invoke(provider)));
        services.AddSingleton<SessionFence>();
        services.AddSingleton<LeveeDatabase>();
        services.AddSingleton<GrainStateStore>();
        services.AddSingleton<GroupCommitter>();
        services.AddSingleton<PredictionLog>();
        services.AddSingleton<LabelStore>();
        services.AddSingleton<IdempotentLabels>();
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<ModelHistory>();
        services.AddSingleton<RunStore>();
        services.AddSingleton<StreamCheckpointStore>();
        services.AddSingleton<HistoryLoader>();
        services.AddSingleton<StateRebuilder>();
        services.AddSingleton<TransactionReader>();
        services.AddSingleton<MaturedPredictions>();
        return services;
    }

    /// <summary>A data source as Levee uses it.</summary>
    /// <param name="connectionString">Npgsql connection string; what it says about the pool and the session's options is kept.</param>
    /// <param name="sessionName">Name of its sessions; null for the connection string's application name, or else "levee".</param>
    public static NpgsqlDataSource CreateSource(string connectionString, string? sessionName = null)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (sessionName is not null)
        {
            builder.ApplicationName = sessionName;
        }
        else if (string.IsNullOrEmpty(builder.ApplicationName))
        {
            builder.ApplicationName = "levee";
        }

        if (!builder.ShouldSerialize("Maximum Pool Size"))
        {
            builder.MaxPoolSize = 40;
        }

        // A silo that hangs within a transaction must not keep its grains' rows locked for those that took them over.
        if (string.IsNullOrEmpty(builder.Options))
        {
            builder.Options = "-c idle_in_transaction_session_timeout=3s";
        }

        return new NpgsqlDataSourceBuilder(builder.ConnectionString).Build();
    }

    private static string PredictionFolder(PredictionLogOptions options, IConfiguration configuration) => Path.GetFullPath(
        options.Folder.Length > 0
            ? options.Folder
            : Path.Combine(configuration["Levee:Data"] is { Length: > 0 } data ? data : ".levee", PredictionLogOptions.DefaultFolder));
}
