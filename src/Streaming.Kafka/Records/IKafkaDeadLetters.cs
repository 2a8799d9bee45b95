namespace Levee.Streaming.Kafka;

/// <summary>
/// The dead-letter topics, for grains that find only later that a record cannot be used. Taken from the service provider like
/// <see cref="IKafkaPartitionOwnership"/>.
/// </summary>
public interface IKafkaDeadLetters
{
    /// <summary>Sends a letter; completes when the broker has it.</summary>
    /// <param name="letter">The letter.</param>
    /// <param name="cancellationToken">Gives up waiting; the letter may have been delivered.</param>
    /// <exception cref="Confluent.Kafka.KafkaException">The broker did not take it.</exception>
    Task SendAsync(KafkaDeadLetter letter, CancellationToken cancellationToken = default);
}
