namespace Levee.Api;

/// <summary>The grains, with one way to say that there are none.</summary>
internal sealed class Cluster(IGrainFactory grains)
{
    /// <summary>Gets a grain by its key.</summary>
    /// <exception cref="ClusterUnavailableException">No silo that hosts such grains has been seen yet.</exception>
    public T Get<T>(long key)
        where T : IGrainWithIntegerKey
    {
        try
        {
            return grains.GetGrain<T>(key);
        }
        catch (ArgumentException e)
        {
            // A client learns from the silos which class implements a grain; before it has met one, every interface is unknown.
            throw new ClusterUnavailableException(e);
        }
    }
}
