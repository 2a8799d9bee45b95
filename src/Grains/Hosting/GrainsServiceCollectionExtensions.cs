using Levee.Features;
using Levee.Grains.Customers;
using Levee.Grains.Fencing;
using Levee.Grains.Labels;
using Levee.Grains.Merchants;
using Levee.Grains.Models;
using Levee.Grains.Retraining;
using Levee.Grains.Scoring;
using Levee.Grains.Streams;
using Levee.Grains.Topics;
using Levee.Grains.Tracking;
using Levee.Storage;
using Levee.Streaming.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Hosting;

/// <summary>Adds the grains and what they need.</summary>
public static class GrainsServiceCollectionExtensions
{
    /// <summary>Adds scoring, models, labels, retraining and their options. Storage must have been added too.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="configuration">
    /// Holds the sections <c>Levee:Kafka</c>, <c>Levee:Kafka:Topics</c>, <c>Levee:Scoring</c>, <c>Levee:Retrain</c>, <c>Levee:Features</c>,
    /// <c>Levee:Tracking</c> and <c>Levee:MLflow</c>.
    /// </param>
    /// <param name="trains">Whether this silo makes sure that the daily drift check is scheduled.</param>
    public static IServiceCollection AddLeveeGrains(this IServiceCollection services, IConfiguration configuration, bool trains = true)
    {
        services.AddOptions<KafkaOptions>().Bind(configuration.GetSection(KafkaOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ScoringOptions>().Bind(configuration.GetSection(ScoringOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<RetrainOptions>().Bind(configuration.GetSection(RetrainOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TopicOptions>().Bind(configuration.GetSection(TopicOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TopicOptions>, TopicOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(CurrencyTable.Default);

        services.AddSingleton<IKafkaCheckpointStore, PostgresCheckpointStore>();
        services.AddSingleton<KafkaOutput>();
        services.AddSingleton(provider => new ScoresTopic(
            provider.GetRequiredService<IOptions<ScoringOptions>>().Value.ScoresTopic,
            provider.GetRequiredService<KafkaOutput>().HasTopicAsync,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ScoresTopic>>()));
        services.AddSingleton<ScorePublisher>();
        services.AddSingleton<ConflictSink>();
        services.AddSingleton<LocalMerchants>();
        services.AddSingleton<LocalCustomers>();
        services.AddSingleton<TransactionScorer>();
        services.AddSingleton<IActiveCustomers, ActiveCustomers>();
        services.AddSingleton<CustomerServices>();
        services.AddHostedService<PredictionLogStart>();

        services.AddHostedService<TopicStartupCheck>();
        services.AddHostedService<DeadSiloFence>();

        services.AddSingleton<ModelHost>();
        services.AddSingleton<ScoringWarmUp>();
        services.AddHostedService<ModelRefresher>();
        services.AddLeveeTraining(configuration);
        services.AddSingleton<ModelFactory>();
        services.AddSingleton<DriftMeter>();
        services.AddSingleton<RetrainSteps>();

        services.AddSingleton<LabelRouter>();
        services.AddHostedService(provider => provider.GetRequiredService<LabelRouter>());
        services.AddHostedService<WindowCloser>();
        if (trains)
        {
            services.AddHostedService<RetrainScheduler>();
        }

        return services;
    }

    /// <summary>Adds training runs with their tracking. Storage must have been added too.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">
    /// Holds the sections <c>Levee:Features</c>, <c>Levee:Tracking</c> and <c>Levee:MLflow</c>, and <c>Levee:Data</c>.
    /// </param>
    public static IServiceCollection AddLeveeTraining(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TrackingOptions>().Bind(configuration.GetSection(TrackingOptions.Section)).ValidateOnStart();
        services.AddOptions<MlflowOptions>().Bind(configuration.GetSection(MlflowOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<MlflowOptions>, MlflowOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<FeatureOptions>().Bind(configuration.GetSection(FeatureOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<FeatureOptions>>().Value.ToList());
        services.TryAddSingleton(configuration);
        services.AddSingleton<RunFolders>();
        services.AddSingleton<TrainingFeatureStore>();
        services.AddSingleton<DataSetStore>();
        services.AddSingleton<DataSets>();
        services.AddSingleton<MlflowTracker>();
        services.AddSingleton<StoredRows>();
        services.AddSingleton<TrainingPipeline>();
        return services;
    }
}
