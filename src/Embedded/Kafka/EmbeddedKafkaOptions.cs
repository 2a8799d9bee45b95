namespace Levee.Embedded;

/// <summary>Settings of the embedded broker.</summary>
public sealed class EmbeddedKafkaOptions
{
    /// <summary>Number of brokers, 1 to 10. Defaults to 1.</summary>
    public int Brokers
    {
        get;
        init => field = value is >= 1 and <= 10 ? value : throw new ArgumentOutOfRangeException(nameof(Brokers), value, "1 to 10.");
    } = 1;
}
