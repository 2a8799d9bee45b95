using Orleans.Concurrency;

namespace Levee.Grains.Scoring;

/// <inheritdoc cref="IBatchScoringGrain"/>
[StatelessWorker]
internal sealed class BatchScoringGrain(IActiveCustomers active) : Grain, IBatchScoringGrain
{
    public Task<ScoreResponse?[]> ScoreActive(ScoreRequest?[] requests)
    {
        var responses = new ScoreResponse?[requests.Length];
        active.TryScore(requests, responses);
        return Task.FromResult(responses);
    }
}
