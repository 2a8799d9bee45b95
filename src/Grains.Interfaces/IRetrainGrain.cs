namespace Levee.Grains;

/// <summary>
/// Watches for drift and retrains: one grain, key 0, woken by a daily reminder (02:00 UTC) or by <see cref="Trigger"/>. Its steps are
/// persisted, so that a run goes on after a crash.
/// </summary>
[Alias("levee.IRetrainGrain")]
public interface IRetrainGrain : IGrainWithIntegerKey
{
    /// <summary>Makes sure that the daily reminder is registered.</summary>
    [Alias("EnsureScheduled")]
    Task EnsureScheduled();

    /// <summary>Starts a run unless one is under way.</summary>
    /// <param name="force">Train even without drift.</param>
    /// <param name="who">Who asked for it.</param>
    [Alias("Trigger")]
    Task<RetrainStatus> Trigger(bool force, string who);

    /// <summary>
    /// Begins a forced run if the version in production is of another feature list, and so cannot score. One that ended without a version is not
    /// begun again for an hour, nor one while another run is under way.
    /// </summary>
    /// <param name="featureHash">Hash of the list that the caller scores with.</param>
    /// <returns>
    /// True when there is nothing to replace; false when a run is needed, or when this grain is on a silo of another list than the caller's: ask
    /// again later.
    /// </returns>
    [Alias("ReplaceOtherList")]
    Task<bool> ReplaceOtherList(string featureHash);

    /// <summary>The current or last run.</summary>
    [Alias("GetStatus")]
    Task<RetrainStatus> GetStatus();
}
