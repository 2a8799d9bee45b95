using Levee.Grains;
using Orleans.Concurrency;

namespace Levee.Api.Tests.Cluster;

[Reentrant]
public sealed class FakeCustomerGrain(FakeSystem system) : Grain, ICustomerGrain
{
    public async Task<ScoreResponse> Score(ScoreRequest request)
    {
        var id = this.GetPrimaryKeyLong();
        system.Scored[id] = request;
        switch (id)
        {
            case FakeSystem.FailingCustomer:
                throw new ArithmeticException("customer 900001 divides by zero");
            case FakeSystem.HangingCustomer:
                await system.Released.Task;
                break;
            case FakeSystem.OverloadedCustomer:
                throw new Orleans.Runtime.LimitExceededException("too many requests");
            case FakeSystem.CustomerWithoutModel:
                return new ScoreResponse { HasModel = false };
            case >= FakeSystem.FirstGatedCustomer and <= FakeSystem.LastGatedCustomer:
                await system.Gate.Task;
                break;
        }

        return Answer(request);
    }

    /// <summary>What every customer is told that is not special.</summary>
    public static ScoreResponse Answer(ScoreRequest request)
    {
        var id = request.CustomerId;
        return new ScoreResponse
        {
            HasModel = true,
            PredictionId = FakeSystem.PredictionId,
            IsFraud = request.Amount > 1_000,
            FraudProbability = request.Amount > 1_000 ? 0.875 : 0.125,
            ModelVersion = request.ModelVersion ?? "v1",
            Explanation = request.Explain && id != FakeSystem.UnexplainedCustomer
                ? new ScoreExplanation([new ScoreReason("amount", 5, null, 1.5, "amount 5"), new ScoreReason("x", null, 2, -0.5, "x; usual: 2")], -4, 0.25)
                : null,
            WhyNoReasons = request.Explain && id == FakeSystem.UnexplainedCustomer ? "no trees" : null,
            Degraded = id == FakeSystem.DegradedCustomer,
        };
    }

    public Task<CustomerFeatures> GetFeatures()
    {
        var id = this.GetPrimaryKeyLong();
        if (id == FakeSystem.FailingCustomer)
        {
            throw new ArithmeticException();
        }

        var isUnknown = id == FakeSystem.UnknownCustomer;
        return Task.FromResult(new CustomerFeatures
        {
            CustomerId = id,
            Sequence = isUnknown ? 0 : 17,
            AsOfMicros = 1_769_860_800_000_001,
            NewestEventMicros = isUnknown ? null : 1_769_860_799_500_000,
            Features = [new("count_1m", 3), new("std_1m", double.NaN)],
        });
    }

    public Task CloseMinutes(PartitionWatermark[] watermarks) => Task.CompletedTask;
}
