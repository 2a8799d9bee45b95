using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>Makes the provider's parts for Orleans.</summary>
internal sealed class KafkaAdapterFactory(string name, PartitionTable table, KafkaStreamProducer producer) : IQueueAdapterFactory
{
    private readonly KafkaAdapter _adapter = new(name, table, producer);

    /// <summary>Makes the factory of a provider.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="name">The provider's name.</param>
    public static KafkaAdapterFactory Create(IServiceProvider services, string name)
    {
        var consumer = services.GetRequiredKeyedService<KafkaSiloConsumer>(name);
        return new KafkaAdapterFactory(name, consumer.Table, consumer.Producer);
    }

    /// <inheritdoc />
    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(_adapter);

    /// <inheritdoc />
    public IQueueAdapterCache GetQueueAdapterCache() => _adapter;

    /// <inheritdoc />
    public IStreamQueueMapper GetStreamQueueMapper() => new KafkaPartitionQueueMapper(table);

    /// <summary>Failures are the lanes' business: nothing is given up, so there is nothing to handle.</summary>
    /// <param name="queueId">Not used.</param>
    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());
}
