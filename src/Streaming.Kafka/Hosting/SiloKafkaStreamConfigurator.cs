using Levee.Streaming.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Providers;
using Orleans.Streams;

namespace Orleans.Hosting;

/// <summary>Configures a Kafka stream provider on a silo.</summary>
public sealed class SiloKafkaStreamConfigurator : SiloPersistentStreamConfigurator
{
    /// <summary>Creates a configurator and registers the provider.</summary>
    /// <param name="name">Name of the provider.</param>
    /// <param name="configureServices">Registers services.</param>
    public SiloKafkaStreamConfigurator(string name, Action<Action<IServiceCollection>> configureServices)
        : base(name, configureServices, KafkaAdapterFactory.Create)
    {
        this.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
        this.ConfigurePartitionBalancing((services, n) =>
            new KafkaGroupQueueBalancer(services.GetRequiredKeyedService<KafkaSiloConsumer>(n).Table));
        this.ConfigureBackoffProvider((_, _) => new SingleAttempt());
        this.ConfigurePullingAgent(o => o.Configure<IServiceProvider>((agent, services) =>
        {
            var kafka = services.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get(name);
            agent.GetQueueMsgsTimerPeriod = kafka.PollInterval;
            agent.BatchContainerBatchSize = 1;
            agent.MaxEventDeliveryTime = SingleAttempt.MaxEventDeliveryTime;
            agent.StreamInactivityPeriod = kafka.StreamInactivityPeriod;
        }));
        ConfigureDelegate(services => Register(services, name));
    }

    /// <summary>Sets the provider's options.</summary>
    /// <param name="configureOptions">Sets them.</param>
    /// <returns>This configurator.</returns>
    public SiloKafkaStreamConfigurator ConfigureKafka(Action<OptionsBuilder<KafkaStreamOptions>> configureOptions)
    {
        this.Configure(configureOptions);
        return this;
    }

    /// <summary>
    /// Keeps epochs, offsets and watermarks in a store. Without this the provider takes an unkeyed <see cref="IKafkaCheckpointStore"/>;
    /// without that it begins at the group's committed offsets, in epoch 1 and with fresh watermarks.
    /// </summary>
    /// <param name="factory">Makes the store, once a silo.</param>
    /// <returns>This configurator.</returns>
    public SiloKafkaStreamConfigurator UseCheckpointStore(Func<IServiceProvider, IKafkaCheckpointStore> factory)
    {
        ConfigureDelegate(services => services.AddKeyedSingleton(Name, (provider, _) => factory(provider)));
        return this;
    }

    private static void Register(IServiceCollection services, string name)
    {
        services.AddTransient<IConfigurationValidator>(provider => new KafkaStreamOptionsValidator(
            name,
            provider.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get(name),
            provider.GetRequiredService<IOptionsMonitor<StreamPullingAgentOptions>>().Get(name),
            provider.GetRequiredService<IOptionsMonitor<StreamPubSubOptions>>().Get(name)));
        services.TryAddSingleton<DeliveryErrors>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, DeliveryErrors>(p => p.GetRequiredService<DeliveryErrors>()));
        services.AddLogging(logging => logging
            .AddFilter<DeliveryErrors>(null, LogLevel.None)
            .AddFilter<DeliveryErrors>(DeliveryErrors.AgentCategory, LogLevel.Warning));
        services.AddKeyedSingleton(name, (provider, _) => new KafkaSiloConsumer(provider, name));
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredKeyedService<KafkaSiloConsumer>(name));
        services.AddKeyedSingleton<IKafkaPartitionOwnership>(name, (p, _) => p.GetRequiredKeyedService<KafkaSiloConsumer>(name));
        services.AddKeyedSingleton<IKafkaStreamHealth>(name, (p, _) => p.GetRequiredKeyedService<KafkaSiloConsumer>(name));
        services.AddKeyedSingleton<IKafkaDeadLetters>(name, (p, _) => p.GetRequiredKeyedService<KafkaSiloConsumer>(name).DeadLetters);
        services.AddKeyedSingleton<IKafkaReplay>(name, (p, _) => p.GetRequiredKeyedService<KafkaSiloConsumer>(name).Replay);
        services.TryAddSingleton<IKafkaPartitionOwnership>(p => p.GetRequiredKeyedService<KafkaSiloConsumer>(name));
        services.TryAddSingleton<IKafkaStreamHealth>(p => p.GetRequiredKeyedService<KafkaSiloConsumer>(name));
        services.TryAddSingleton<IKafkaDeadLetters>(p => p.GetRequiredKeyedService<KafkaSiloConsumer>(name).DeadLetters);
        services.TryAddSingleton<IKafkaReplay>(p => p.GetRequiredKeyedService<KafkaSiloConsumer>(name).Replay);
    }

    /// <summary>
    /// One attempt a delivery: the lane decides when to try again, and it can only do so once the agent has told it of the failure. A
    /// longer time would only make a failing registration hold up its partition.
    /// </summary>
    private sealed class SingleAttempt : IMessageDeliveryBackoffProvider
    {
        public static readonly TimeSpan MaxEventDeliveryTime = TimeSpan.FromMilliseconds(50);

        public TimeSpan Next(int attempt) => MaxEventDeliveryTime + TimeSpan.FromMilliseconds(10);
    }
}
