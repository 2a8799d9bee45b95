using Orleans.Concurrency;

namespace Levee.Streaming.Kafka;

/// <summary>Lets the provider activate any grain by a call that does nothing else.</summary>
[Alias("levee.kafka.IStreamConsumerActivation")]
internal interface IStreamConsumerActivation : IGrainExtension
{
    /// <summary>Completes when the grain is active.</summary>
    [AlwaysInterleave]
    [Alias("ActivateAsync")]
    Task ActivateAsync();
}
