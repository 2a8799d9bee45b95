namespace Levee.Streaming.Kafka;

/// <summary>What the brokers and the checkpoint store last complained about.</summary>
internal sealed class ConsumerStatus
{
    private volatile string? _brokerError;
    private volatile string? _storeError;

    /// <summary>Null while all is well.</summary>
    public string? LastError => _brokerError ?? _storeError;

    public void BrokerFailed(string message) => _brokerError = "Kafka: " + message;

    public void BrokerAnswered() => _brokerError = null;

    public void StoreFailed(Exception exception) => _storeError = "Checkpoint store: " + exception.Message;

    public void StoreAnswered() => _storeError = null;
}
