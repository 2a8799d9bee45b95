namespace Levee.Storage;

/// <summary>Whose state it is.</summary>
public enum GrainKind
{
    /// <summary>A customer's.</summary>
    Customer,

    /// <summary>A merchant's.</summary>
    Merchant,
}
