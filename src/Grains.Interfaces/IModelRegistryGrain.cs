using Orleans.Concurrency;

namespace Levee.Grains;

/// <summary>
/// The registry of model versions: one grain, key 0, in front of the tables in PostgreSQL. Who only reads does not wait for a change under way.
/// </summary>
[Alias("levee.IModelRegistryGrain")]
public interface IModelRegistryGrain : IGrainWithIntegerKey
{
    /// <summary>All versions, newest first.</summary>
    [Alias("List")]
    [AlwaysInterleave]
    Task<ModelVersion[]> List();

    /// <summary>
    /// Makes a version the one in production; the previous one is archived. Returns when every silo that reports serves it, or after two
    /// seconds at most: a silo that is behind then goes on with the version before until it has caught up.
    /// </summary>
    /// <param name="version">Such as "v2".</param>
    /// <param name="who">Who asked for it.</param>
    /// <param name="why">The reason, for the history.</param>
    /// <returns>The promoted version; refused when it is of another feature list than the silos score with, since none could serve it.</returns>
    [Alias("Promote")]
    Task<StageChange> Promote(string version, string who, string why);

    /// <summary>Brings the version that was in production before back; refused, and returns, as in <see cref="Promote"/>.</summary>
    /// <param name="version">The version that must be in production now.</param>
    /// <param name="who">Who asked for it.</param>
    /// <param name="why">The reason, for the history.</param>
    [Alias("Rollback")]
    Task<StageChange> Rollback(string version, string who, string why);

    /// <summary>Takes a version out of use; the one in production must be replaced first.</summary>
    /// <param name="version">Such as "v2".</param>
    /// <param name="who">Who asked for it.</param>
    /// <param name="why">The reason, for the history.</param>
    [Alias("Archive")]
    Task<StageChange> Archive(string version, string who, string why);

    /// <summary>The latest changes of stages, newest first.</summary>
    /// <param name="version">Only this version's; null for all.</param>
    [Alias("History")]
    [AlwaysInterleave]
    Task<ModelStageChange[]> History(string? version);

    /// <summary>What was live in a span of time, in order.</summary>
    /// <param name="from">Begin, inclusive.</param>
    /// <param name="to">End, exclusive; equal to the begin for one moment.</param>
    [Alias("Live")]
    [AlwaysInterleave]
    Task<LivePeriod[]> Live(DateTimeOffset from, DateTimeOffset to);

    /// <summary>Tells the registry what a silo serves; called by each silo after a swap and every few seconds.</summary>
    /// <param name="silo">The silo's address as text.</param>
    /// <param name="version">The version that it serves.</param>
    [Alias("ReportServed")]
    [AlwaysInterleave]
    Task ReportServed(string silo, string version);

    /// <summary>The version that each active silo last said it serves, by the silo's address.</summary>
    [Alias("GetServed")]
    [AlwaysInterleave]
    Task<Dictionary<string, string>> GetServed();
}
