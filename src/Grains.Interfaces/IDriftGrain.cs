namespace Levee.Grains;

/// <summary>Measures drift on request; key 0.</summary>
[Alias("levee.IDriftGrain")]
public interface IDriftGrain : IGrainWithIntegerKey
{
    /// <summary>Measures the version in production as the nightly check does, and changes nothing.</summary>
    /// <returns>Null when no version that could serve is in production.</returns>
    [Alias("Measure")]
    Task<DriftReport?> Measure();
}
