using System.ComponentModel.DataAnnotations;
using Levee.Features;

namespace Levee.Grains.Hosting;

/// <summary>
/// Which feature list is in use. Whatever computes vectors must use the same: grains, training, data sets, parity. A model names its list by
/// the hash and is refused by the other one.
/// </summary>
public sealed class FeatureOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Levee:Features";

    /// <summary>The list: Default, or All with the optional features. Defaults to Default.</summary>
    [EnumDataType(typeof(FeatureSelection), ErrorMessage = "{0} is Default or All.")]
    public FeatureSelection List { get; init; } = FeatureSelection.Default;

    /// <summary>The list that was chosen.</summary>
    public FeatureList ToList() => List == FeatureSelection.All ? FeatureList.All : FeatureList.Default;
}
