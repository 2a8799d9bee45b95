namespace Levee.Grains.Hosting;

/// <summary>The feature lists that can be chosen.</summary>
public enum FeatureSelection
{
    /// <summary>What has shown its gain: <see cref="Levee.Features.FeatureList.Default"/>.</summary>
    Default,

    /// <summary>The optional features too: <see cref="Levee.Features.FeatureList.All"/>.</summary>
    All,
}
