namespace Levee.Storage;

/// <summary>Where a model version is in its life.</summary>
public enum ModelStage
{
    /// <summary>Registered, no more.</summary>
    None,

    /// <summary>A candidate.</summary>
    Staging,

    /// <summary>The one that answers; at most one version.</summary>
    Production,

    /// <summary>Out of service.</summary>
    Archived,
}
