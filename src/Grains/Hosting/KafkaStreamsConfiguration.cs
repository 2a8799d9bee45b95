using System.Globalization;
using Levee.Features;
using Levee.Grains.Labels;
using Levee.Grains.Streams;
using Levee.Streaming.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Levee.Grains.Hosting;

/// <summary>Configures the Kafka stream provider for Levee's topics.</summary>
public static class KafkaStreamsConfiguration
{
    /// <summary>Sets the provider up from section <c>Levee:Kafka</c>: transactions to customers and merchants, labels to label grains.</summary>
    /// <param name="streams">The provider's options.</param>
    /// <param name="configuration">Holds the section.</param>
    /// <param name="bootstrapServers">The brokers, embedded or configured.</param>
    public static void UseLevee(this KafkaStreamOptions streams, IConfiguration configuration, string bootstrapServers)
    {
        var kafka = configuration.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new KafkaOptions();
        streams.BootstrapServers = bootstrapServers;
        streams.GroupId = kafka.GroupId;
        streams.SourceId = kafka.SourceId.Length > 0 ? kafka.SourceId : null;
        streams.SessionTimeout = TimeSpan.FromSeconds(kafka.SessionTimeoutSeconds);

        streams.TruncatedLog = kafka.TruncatedLog;
        streams.MaxPartitionRecords = kafka.MaxPartitionRecords;
        streams.MaxPartitionSpan = kafka.MaxPartitionSpan;

        // A silo stops within ten seconds, also while PostgreSQL is away: what is not durable by then is delivered again.
        streams.DrainTimeout = TimeSpan.FromSeconds(3);
        streams.GrainsOf = GrainsOf;
        foreach (var (name, value) in kafka.Client)
        {
            streams.ClientProperties[name] = value;
        }

        streams.AddTopic(kafka.TransactionsTopic, services => new TransactionRecordAdapter(
            services.GetRequiredService<CurrencyTable>(), services.GetRequiredService<TimeProvider>()));
        streams.AddTopic(kafka.LabelsTopic, services => new LabelRecordAdapter(services.GetRequiredService<TimeProvider>()));
    }

    // Activated ahead of the first delivery, so that a slow activation holds up its own stream only.
    private static IEnumerable<IAddressable> GrainsOf(IGrainFactory grains, StreamId stream)
    {
        var key = long.Parse(stream.GetKeyAsString(), CultureInfo.InvariantCulture);
        return stream.GetNamespace() switch
        {
            StreamNamespaces.Customers => [grains.GetGrain<ICustomerGrain>(key)],
            StreamNamespaces.Merchants => [grains.GetGrain<IMerchantGrain>(key)],
            StreamNamespaces.Labels => [grains.GetGrain<ILabelStreamGrain>(key)],
            _ => [],
        };
    }
}
