namespace Levee.Streaming.Kafka;

/// <summary>Lets the provider activate any grain by a call that does nothing else.</summary>
[Alias("levee.kafka.IStreamConsumerActivation")]
internal interface IStreamConsumerActivation : IGrainExtension
{
    /// <summary>
    /// Completes when the grain is active and has time. Does not interleave: neither does what a registration asks of the grain, so one that is
    /// busy would hold the agent up like one that is not active.
    /// </summary>
    [Alias("ActivateAsync")]
    Task ActivateAsync();
}
