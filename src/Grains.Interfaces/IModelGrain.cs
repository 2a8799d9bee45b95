namespace Levee.Grains;

/// <summary>The model of the silo that answers: a stateless worker, so that every silo has its own. The key is always 0.</summary>
[Alias("levee.IModelGrain")]
public interface IModelGrain : IGrainWithIntegerKey
{
    /// <summary>The version that this silo serves, or null when none is loaded.</summary>
    [Alias("GetServed")]
    Task<ServedModel?> GetServed();
}
