namespace Levee.Streaming.Kafka;

/// <summary>When the health check of a Kafka stream provider complains.</summary>
public sealed class KafkaStreamHealthCheckOptions
{
    /// <summary>A partition whose oldest incomplete record is older, or that has looked longer for where it begins, counts as stuck. More than zero; defaults to 1 minute.</summary>
    public TimeSpan MaxUnacknowledgedAge
    {
        get;
        set => field = value > TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxUnacknowledgedAge), value, "MaxUnacknowledgedAge must be more than zero.");
    } = TimeSpan.FromMinutes(1);
}
