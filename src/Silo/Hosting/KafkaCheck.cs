using Confluent.Kafka;
using Levee.Grains.Hosting;

namespace Levee.Silo.Hosting;

/// <summary>Finds out early that a librdkafka setting is none.</summary>
internal static class KafkaCheck
{
    /// <summary>Throws one clear sentence when a client could not be made with the settings of <c>Levee:Kafka:Client</c>.</summary>
    public static void RequireValid(KafkaOptions options)
    {
        try
        {
            // A client that is given no servers connects to nobody, and would warn of it.
            var settings = options.Client.Where(setting => setting.Key != "bootstrap.servers");
            using var client = new AdminClientBuilder(settings).SetLogHandler((_, _) => { }).Build();
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw new StartupException($"Levee:Kafka:Client cannot be used: {exception.Message}.", exception);
        }
    }
}
