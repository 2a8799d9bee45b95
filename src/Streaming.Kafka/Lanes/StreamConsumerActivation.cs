namespace Levee.Streaming.Kafka;

/// <summary>Answers <see cref="IStreamConsumerActivation"/> for every grain.</summary>
internal sealed class StreamConsumerActivation : IStreamConsumerActivation
{
    /// <inheritdoc />
    public Task ActivateAsync() => Task.CompletedTask;
}
