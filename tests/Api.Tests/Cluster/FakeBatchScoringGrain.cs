using Levee.Grains;
using Orleans.Concurrency;

namespace Levee.Api.Tests.Cluster;

/// <summary>Knows the customers whose ids are even and not special; the others' grains are called.</summary>
[StatelessWorker]
public sealed class FakeBatchScoringGrain(FakeSystem system) : Grain, IBatchScoringGrain
{
    private const long FirstSpecial = 900_000;

    public Task<ScoreResponse?[]> ScoreActive(ScoreRequest?[] requests) => Task.FromResult(Array.ConvertAll(requests, Score));

    private ScoreResponse? Score(ScoreRequest? request)
    {
        if (request is null || request.CustomerId % 2 != 0 || request.CustomerId >= FirstSpecial)
        {
            return null;
        }

        system.Scored[request.CustomerId] = request;
        return FakeCustomerGrain.Answer(request);
    }
}
