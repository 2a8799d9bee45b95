using Levee.Features;
using Levee.Grains.Models;
using Levee.Models;
using Levee.Storage;
using Levee.Training;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Retraining;

/// <summary>What each step of a retraining run does. Every step can be done again with the same result.</summary>
internal sealed class RetrainSteps(
    ModelRegistry registry,
    DriftMeter meter,
    ModelFactory factory,
    FeatureList features,
    IGrainFactory grains,
    IOptions<RetrainOptions> options,
    TimeProvider time)
{
    private readonly RetrainOptions _options = options.Value;

    /// <summary>Hash of the feature list that is trained and scored with here.</summary>
    public string FeatureHash => features.Hash;

    /// <summary>Whether the version in production is of another feature list.</summary>
    public async Task<bool> IsOfAnotherListAsync(CancellationToken cancellationToken) =>
        await registry.FindProductionAsync(cancellationToken) is { } version && version.FeatureHash != features.Hash;

    /// <summary>Does the step that the status is in.</summary>
    /// <returns>The status after it, in its next step.</returns>
    public Task<RetrainStatus> AdvanceAsync(RetrainStatus status, CancellationToken cancellationToken) => status.Step switch
    {
        RetrainStep.CheckDrift => CheckDriftAsync(status, cancellationToken),
        RetrainStep.Train => TrainAsync(status, cancellationToken),
        RetrainStep.Compare => CompareAsync(status, cancellationToken),
        RetrainStep.Promote => PromoteAsync(status, cancellationToken),
        RetrainStep.Validate => ValidateAsync(status, cancellationToken),
        _ => throw new InvalidOperationException($"A run has nothing to do in step {status.Step}."),
    };

    private async Task<RetrainStatus> CheckDriftAsync(RetrainStatus status, CancellationToken cancellationToken)
    {
        if (await meter.MeasureAsync(cancellationToken) is not { } drift)
        {
            return status with { Step = RetrainStep.Train, Detail = "No version that could serve is in production: this run trains the first." };
        }

        status = status with { MaturedPredictions = drift.MaturedPredictions, BaselineAuc = drift.BaselineAuc };
        if (drift is not { CurrentAuc: { } auc, DegradationPercent: { } fall })
        {
            return status.Forced
                ? status with { Step = RetrainStep.Train, Detail = "Forced; too few matured predictions to measure drift." }
                : End(status, "too_few_labels", FormattableString.Invariant(
                    $"{drift.MaturedPredictions} matured predictions with {drift.Frauds} frauds; {_options.MinPredictions} with {_options.MinFrauds} are needed."));
        }

        status = status with
        {
            CurrentAuc = auc,
            Detail = FormattableString.Invariant(
                $"AUC {auc:F4} [{drift.CurrentAucLow:F4}, {drift.CurrentAucHigh:F4}] against {drift.BaselineAuc:F4}: {fall:F1} % lower."),
        };
        return status.Forced || drift.HasDrifted == true
            ? status with { Step = RetrainStep.Train }
            : End(status, "no_drift", status.Detail!);
    }

    private async Task<RetrainStatus> TrainAsync(RetrainStatus status, CancellationToken cancellationToken)
    {
        // A run that crashed after registering finds its version again instead of registering a second one.
        var version = await registry.FindByRunAsync(status.RunId!.Value, cancellationToken)
            ?? await factory.TrainAndRegisterAsync(status.RunId.Value, $"retrain:{status.TriggeredBy}", cancellationToken);
        return status with { Step = RetrainStep.Compare, CandidateVersion = version };
    }

    private async Task<RetrainStatus> CompareAsync(RetrainStatus status, CancellationToken cancellationToken)
    {
        if (await registry.FindProductionAsync(features.Hash, cancellationToken) is not { } production)
        {
            var first = (await registry.ListAsync(cancellationToken)).Single(version => version.Version == status.CandidateVersion);
            if (first.FeatureHash != features.Hash)
            {
                // The run began on a silo of another list. Its version could not be served here.
                var reason = $"{first.Version} is of another feature list than this silo's.";
                await registry.TransitionAsync(first.Version, ModelStage.Archived, "retrain", reason, cancellationToken);
                return End(status, "rejected", reason);
            }

            return status with
            {
                Step = RetrainStep.Promote,
                CandidateAuc = first.Metrics["auc"],
                Detail = FormattableString.Invariant($"{first.Version}: AUC {first.Metrics["auc"]:F4} on held-out time; there was none to compare it with."),
            };
        }

        var candidate = await LoadAsync(status.CandidateVersion!, cancellationToken);
        var current = await LoadAsync(production.Version, cancellationToken);
        var comparison = await factory.CompareAsync(current, candidate, cancellationToken);
        status = status with { CandidateAuc = comparison.Candidate.Auc, ProductionAuc = comparison.Current.Auc };
        var detail = FormattableString.Invariant(
            $"{status.CandidateVersion}: AUC {comparison.Candidate.Auc:F4}, {production.Version}: {comparison.Current.Auc:F4}, on the same {comparison.Candidate.Rows} later rows.");
        if (comparison.CandidateIsBetter)
        {
            return status with { Step = RetrainStep.Promote, Detail = detail };
        }

        await registry.TransitionAsync(status.CandidateVersion!, ModelStage.Archived, "retrain", detail, cancellationToken);
        return End(status, "rejected", detail);
    }

    private async Task<RetrainStatus> PromoteAsync(RetrainStatus status, CancellationToken cancellationToken)
    {
        await registry.TransitionAsync(
            status.CandidateVersion!, ModelStage.Production, $"retrain:{status.TriggeredBy}", status.Detail!, cancellationToken);
        return status with { Step = RetrainStep.Validate };
    }

    private async Task<RetrainStatus> ValidateAsync(RetrainStatus status, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + TimeSpan.FromSeconds(_options.ValidateSeconds);
        while (true)
        {
            var hosts = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true, cancellationToken);
            var served = await grains.GetGrain<IModelRegistryGrain>(0).GetServed();
            var behind = hosts.Keys
                .Select(silo => silo.ToString())
                .Where(silo => served.GetValueOrDefault(silo) != status.CandidateVersion)
                .ToArray();
            if (behind.Length == 0)
            {
                return End(status, "promoted", $"{status.Detail} Every silo ({hosts.Count}) serves {status.CandidateVersion}.");
            }

            if (time.GetUtcNow() >= deadline)
            {
                return End(status, "promoted", $"{status.Detail} Not confirmed by: {string.Join(", ", behind)}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    private async Task<ModelArtifact> LoadAsync(string version, CancellationToken cancellationToken) =>
        StoredArtifact.Read(await registry.LoadArtifactAsync(version, cancellationToken), features.Hash);

    private RetrainStatus End(RetrainStatus status, string outcome, string detail) =>
        status with { Step = RetrainStep.Done, Outcome = outcome, Detail = detail, EndedAt = time.GetUtcNow() };
}
