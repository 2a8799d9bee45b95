using Levee.Features;
using Levee.Storage;

namespace Levee.Grains.Models;

/// <inheritdoc cref="IModelRegistryGrain"/>
internal sealed class ModelRegistryGrain(ModelRegistry registry, ModelHistory history, FeatureList features, TimeProvider time) : Grain, IModelRegistryGrain
{
    private const int HistoryLength = 1_000;

    private static readonly TimeSpan ReportLifetime = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, (string Version, long At)> _served = [];

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
        return new StageChange { Version = await FindAsync(version) };
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
                ? new StageChange { Version = await FindAsync(previous) }
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
        _served[silo] = (version, time.GetTimestamp());
        return Task.CompletedTask;
    }

    public Task<Dictionary<string, string>> GetServed()
    {
        // A silo that stopped reporting is gone.
        foreach (var (silo, report) in _served)
        {
            if (time.GetElapsedTime(report.At) > ReportLifetime)
            {
                _served.Remove(silo);
            }
        }

        return Task.FromResult(_served.ToDictionary(entry => entry.Key, entry => entry.Value.Version));
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
}
