namespace Levee.Storage;

/// <summary>How far a merchant had come.</summary>
/// <param name="Offsets">The last record of each partition.</param>
/// <param name="Version">Version of its state: labels and imports of a later one it did not know.</param>
public sealed record MerchantPoint(OffsetVector Offsets, long Version)
{
    /// <summary>Whether all that another point knew is known here.</summary>
    public bool Includes(MerchantPoint other) => Version >= other.Version && Offsets.Includes(other.Offsets);
}
