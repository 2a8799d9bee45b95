using Levee.Grains;
using Orleans.Concurrency;

namespace Levee.Api.Tests.Cluster;

[Reentrant]
public sealed class FakeModelRegistryGrain(FakeSystem system) : Grain, IModelRegistryGrain
{
    public async Task<ModelVersion[]> List()
    {
        await system.EnterAsync();
        return system.Models;
    }

    public async Task<StageChange> Promote(string version, string who, string why)
    {
        await system.EnterAsync();
        system.Transitions.Enqueue($"promote {version} by {who}: {why}");
        return system.Models.Any(m => m.Version == version)
            ? new StageChange { Version = FakeSystem.Model(version, "Production") }
            : new StageChange { IsUnknown = true };
    }

    public async Task<StageChange> Rollback(string version, string who, string why)
    {
        await system.EnterAsync();
        if (Array.Find(system.Models, m => m.Version == version) is not { } current)
        {
            return new StageChange { IsUnknown = true };
        }

        if (current.Stage != "Production")
        {
            return new StageChange { Refusal = $"{version} is not in production." };
        }

        system.Transitions.Enqueue($"rollback by {who}: {why}");
        return system.PreviousVersion is { } previous
            ? new StageChange { Version = FakeSystem.Model(previous, "Production") }
            : new StageChange { Refusal = "There is none." };
    }

    public async Task<StageChange> Archive(string version, string who, string why)
    {
        await system.EnterAsync();
        if (!system.Models.Any(m => m.Version == version))
        {
            return new StageChange { IsUnknown = true };
        }

        system.Transitions.Enqueue($"archive {version} by {who}: {why}");
        return system.ArchiveRefusal is { } refusal
            ? new StageChange { Refusal = refusal }
            : new StageChange { Version = FakeSystem.Model(version, "Archived") };
    }

    public async Task<ModelStageChange[]> History(string? version)
    {
        await system.EnterAsync();
        return
        [
            new ModelStageChange
            {
                Version = version ?? "v2",
                From = "None",
                To = "Production",
                At = FakeSystem.PromotedAt,
                Who = "anna",
                Why = "better",
                IsRollback = false,
                Metrics = [new("auc", 0.9), new("recall", double.NaN)],
            },
        ];
    }

    public async Task<LivePeriod[]> Live(DateTimeOffset from, DateTimeOffset to)
    {
        await system.EnterAsync();
        return to < FakeSystem.PromotedAt
            ? []
            : [new LivePeriod { Version = "v2", From = FakeSystem.PromotedAt, Who = "anna", Why = "better" }];
    }

    public Task ReportServed(string silo, string version) => Task.CompletedTask;

    public async Task<Dictionary<string, string>> GetServed()
    {
        await system.EnterAsync();
        return new Dictionary<string, string> { ["S127.0.0.1:11111:1"] = "v2" };
    }
}
