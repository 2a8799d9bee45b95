using Levee.Streaming.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orleans.Hosting;

/// <summary>Adds Kafka streams to the health checks of a silo's host.</summary>
public static class KafkaHealthChecksBuilderExtensions
{
    /// <summary>Adds a check that says which partition of this silo is stuck and why.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="provider">Name of the stream provider.</param>
    /// <param name="configure">Says when to complain.</param>
    /// <param name="name">Name of the check; null for "kafka-streams-" and the provider's name.</param>
    /// <param name="failureStatus">What a stuck partition counts as; null for unhealthy.</param>
    /// <param name="tags">Tags of the check.</param>
    /// <returns>The health checks.</returns>
    public static IHealthChecksBuilder AddKafkaStreams(
        this IHealthChecksBuilder builder,
        string provider,
        Action<KafkaStreamHealthCheckOptions>? configure = null,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(provider);
        var options = new KafkaStreamHealthCheckOptions();
        configure?.Invoke(options);
        return builder.Add(new HealthCheckRegistration(
            name ?? $"kafka-streams-{provider}",
            services => new KafkaStreamHealthCheck(services.GetRequiredKeyedService<IKafkaStreamHealth>(provider), options),
            failureStatus,
            tags));
    }
}
