namespace Levee.Grains;

/// <summary>Orleans stream namespaces and the name of the provider that feeds them.</summary>
public static class StreamNamespaces
{
    /// <summary>Name of the Kafka stream provider.</summary>
    public const string Provider = "kafka";

    /// <summary>Transactions by customer id.</summary>
    public const string Customers = "customers";

    /// <summary>Transactions by merchant id.</summary>
    public const string Merchants = "merchants";

    /// <summary>Labels by bucket of the transaction id.</summary>
    public const string Labels = "labels";
}
