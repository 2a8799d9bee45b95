using Levee.Features;
using Levee.Storage;
using Microsoft.Extensions.Logging;

namespace Levee.Grains.Models;

/// <inheritdoc cref="IModelRegistryGrain"/>
internal sealed partial class ModelRegistryGrain(
    ModelRegistry registry,
    ModelHistory history,
    FeatureList features,
    TimeProvider time,
    ILogger<ModelRegistryGrain> logger) : Grain, IModelRegistryGrain
{
    private const int HistoryLength = 1_000;

    // Twice what a silo may take that misses the notification.
    private static readonly TimeSpan SwapPatience = TimeSpan.FromSeconds(2);

    private readonly ServedVersions _served = new(time);

    public async Task<ModelVersion[]> List()
    {
        var versions = await registry.ListAsync(CancellationToken.None);
        return [.. versions.Select(ToContract)];
    }

    public async Task<StageChange> Promote(string version, string who, string why)
    {
        if (await FindAsync(version) is not { } known)
        {
            return new StageChange { IsUnknown = true };
        }

        if (known.FeatureHash != features.Hash)
        {
            return OfAnotherList(version);
        }

        await registry.TransitionAsync(version, ModelStage.Production, who, why, CancellationToken.None);
        return await ServedEverywhereAsync(version);
    }

    public async Task<StageChange> Rollback(string version, string who, string why)
    {
        if (await FindAsync(version) is null)
        {
            return new StageChange { IsUnknown = true };
        }

        if (await registry.GetPreviousProductionAsync(CancellationToken.None) is { } before
            && await FindAsync(before) is { } target
            && target.FeatureHash != features.Hash)
        {
            return OfAnotherList(before);
        }

        try
        {
            return await registry.RollbackAsync(version, who, why, CancellationToken.None) is { } previous
                ? await ServedEverywhereAsync(previous)
                : new StageChange { Refusal = "There is no earlier version to go back to." };
        }
        catch (ModelStageException refused)
        {
            return new StageChange { Refusal = refused.Message };
        }
    }

    public async Task<StageChange> Archive(string version, string who, string why)
    {
        if (await FindAsync(version) is null)
        {
            return new StageChange { IsUnknown = true };
        }

        try
        {
            await registry.TransitionAsync(version, ModelStage.Archived, who, why, CancellationToken.None);
            return new StageChange { Version = await FindAsync(version) };
        }
        catch (ModelStageException refused)
        {
            return new StageChange { Refusal = refused.Message };
        }
    }

    public async Task<ModelStageChange[]> History(string? version)
    {
        var changes = await history.ListAsync(version, HistoryLength, CancellationToken.None);
        return [.. changes.Select(change => new ModelStageChange
        {
            Version = change.Version,
            From = change.From.ToString(),
            To = change.To.ToString(),
            At = change.At,
            Who = change.Who,
            Why = change.Why,
            IsRollback = change.IsRollback,
            Metrics = [.. change.Metrics],
        })];
    }

    public async Task<LivePeriod[]> Live(DateTimeOffset from, DateTimeOffset to)
    {
        var periods = await history.LiveAsync(from, to, CancellationToken.None);
        return [.. periods.Select(period => new LivePeriod
        {
            Version = period.Version,
            From = period.From,
            Until = period.Until,
            Who = period.Who,
            Why = period.Why,
        })];
    }

    public Task ReportServed(string silo, string version)
    {
        _served.Report(silo, version);
        return Task.CompletedTask;
    }

    public Task<Dictionary<string, string>> GetServed() => Task.FromResult(_served.Get());

    // Whoever asked for the change may count on it: what is sent after the answer is answered by this version.
    private async Task<StageChange> ServedEverywhereAsync(string version)
    {
        var behind = await _served.WaitForAsync(version, SwapPatience);
        if (behind.Length > 0)
        {
            LogBehind(logger, version, string.Join(", ", behind));
        }

        return new StageChange { Version = await FindAsync(version) };
    }

    // The silos would go on with what they have in memory, and those that start would have nothing.
    private static StageChange OfAnotherList(string version) =>
        new() { Refusal = $"{version} is of another feature list than the silos score with: none could serve it." };

    private async Task<ModelVersion?> FindAsync(string version) => (await List()).FirstOrDefault(known => known.Version == version);

    private static ModelVersion ToContract(ModelVersionRow row) => new()
    {
        Version = row.Version,
        Stage = row.Stage.ToString(),
        CreatedAt = row.CreatedAt,
        FeatureHash = row.FeatureHash,
        Metrics = [.. row.Metrics],
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Version} is in production, but these silos did not say in time that they serve it: {Silos}")]
    private static partial void LogBehind(ILogger logger, string version, string silos);
}
