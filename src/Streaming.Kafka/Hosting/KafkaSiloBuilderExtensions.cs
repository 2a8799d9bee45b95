using Levee.Streaming.Kafka;

namespace Orleans.Hosting;

/// <summary>Adds Kafka streams to a silo.</summary>
public static class KafkaSiloBuilderExtensions
{
    /// <summary>Adds a stream provider that reads Kafka topics.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">Name of the provider.</param>
    /// <param name="configureOptions">Sets the options; the required ones are brokers, group and at least one topic with its adapter.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddKafkaStreams(this ISiloBuilder builder, string name, Action<KafkaStreamOptions> configureOptions) =>
        builder.AddKafkaStreams(name, (SiloKafkaStreamConfigurator streams) => streams.ConfigureKafka(o => o.Configure(configureOptions)));

    /// <summary>Adds a stream provider that reads Kafka topics.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">Name of the provider.</param>
    /// <param name="configure">Configures the provider.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddKafkaStreams(this ISiloBuilder builder, string name, Action<SiloKafkaStreamConfigurator> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        builder.AddGrainExtension<IStreamConsumerActivation, StreamConsumerActivation>();
        configure(new SiloKafkaStreamConfigurator(name, services => builder.ConfigureServices(services)));
        return builder;
    }
}
