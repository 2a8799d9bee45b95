using Levee.Embedded;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Integration.Harness;

/// <summary>The embedded brokers, in the test's own process, so that they outlive the silos that a test kills.</summary>
public sealed class Broker : IDisposable
{
    public const int DeadLetterPartitions = 4;
    private const ErrorCode Refusal = ErrorCode.TopicAuthorizationFailed;

    private readonly EmbeddedKafka _kafka;

    private Broker(EmbeddedKafka kafka) => _kafka = kafka;

    public string BootstrapServers => _kafka.BootstrapServers;

    /// <summary>Starts brokers with Levee's topics.</summary>
    /// <param name="brokers">How many.</param>
    /// <param name="partitions">Of the transactions.</param>
    public static Broker Start(int brokers = 1, int partitions = StreamLoad.Partitions)
    {
        var kafka = EmbeddedKafka.Start(new EmbeddedKafkaOptions { Brokers = brokers });
        kafka.CreateTopic("transactions", partitions);
        kafka.CreateTopic("labels", 4);
        kafka.CreateTopic("transactions.dead-letter", DeadLetterPartitions);
        kafka.CreateTopic("labels.dead-letter", DeadLetterPartitions);
        kafka.CreateTopic("fraud-scores", 4);
        return new Broker(kafka);
    }

    /// <summary>Breaks a broker's connections and refuses new ones.</summary>
    /// <param name="broker">Id, from 1.</param>
    public void TakeDown(int broker) => _kafka.SetBrokerDown(broker);

    /// <summary>Brings a broker back.</summary>
    /// <param name="broker">Id, from 1.</param>
    public void BringUp(int broker) => _kafka.SetBrokerUp(broker);

    /// <summary>Refuses to write anything, as for a topic that may not be written; reading goes on.</summary>
    /// <param name="times">How many requests to refuse.</param>
    public void RefuseWrites(int times) => _kafka.PushRequestErrors(KafkaRequest.Produce, [.. Enumerable.Repeat(Refusal, times)]);

    /// <summary>Takes writes again.</summary>
    public void TakeWrites() => _kafka.ClearRequestErrors(KafkaRequest.Produce);

    public void Dispose() => _kafka.Dispose();
}
