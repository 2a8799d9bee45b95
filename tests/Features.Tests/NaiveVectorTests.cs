using Levee.Features.Tests.Oracle;

namespace Levee.Features.Tests;

public sealed class NaiveVectorTests
{
    private static readonly string[] Names = [.. FeatureList.All.Features.Select(feature => feature.Name)];

    [Fact]
    public void The_oracle_knows_every_feature_and_agrees_to_the_bit()
    {
        var random = new Random(5);
        var (window, oracle) = (new CustomerWindow(7), new NaiveCustomer(4_096));
        var (merchantWindow, merchant) = (new MerchantWindow(3), new NaiveMerchant(16_384, 100_000));
        var vector = new float[Names.Length];
        for (var i = 0; i < 300; i++)
        {
            var at = Steps.Start + (i * 3 * UnixMicros.PerHour) + random.NextInt64(UnixMicros.PerHour);
            var transaction = Steps.Make(new Step(StepKind.Arrive, 0, random.Next(1, 99_999), random.Next(12)), i + 1, at) with { MerchantId = 3 };
            window.Fold(transaction, long.MinValue);
            oracle.Take(transaction, i + 1);
            merchantWindow.Fold(transaction);
            merchant.Take(transaction);
            var asked = i % 3 == 0 ? transaction with { TransactionId = Guid.Empty, BaseCents = 77 } : transaction;
            var overrides = i % 5 == 0 ? new FeatureOverrides(4, 12.5) : default;

            FeatureList.All.Compute(asked, window, merchantWindow.Snapshot(at, asked.BaseCents), vector, overrides);
            var expected = NaiveVector.Of(Names, asked, oracle, merchant.Snapshot(at, asked.BaseCents), overrides);
            Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), vector.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public void What_was_folded_counts_as_it_was_folded_whatever_is_asked()
    {
        var folded = Steps.Make(new Step(StepKind.Arrive, 0, 500, 1), 1, Steps.Start);
        var (window, oracle) = (new CustomerWindow(7), new NaiveCustomer(4_096));
        window.Fold(folded, long.MinValue);
        oracle.Take(folded, 1);
        var vector = new float[Names.Length];
        foreach (var asked in (Transaction[])[folded with { BaseCents = 9 }, folded with { BaseCents = 9, EventTimeMicros = Steps.Start + 5 }, folded with { EventTimeMicros = Steps.Start - 5 }])
        {
            FeatureList.All.Compute(asked, window, default, vector);
            Assert.Equal(vector, NaiveVector.Of(Names, asked, oracle, default));
        }
    }

    [Fact]
    public void A_feature_that_the_oracle_does_not_know_is_named()
    {
        var unknown = Assert.Throws<NotSupportedException>(() => NaiveVector.Of(
            ["amount", "phase_of_the_moon"], Steps.Make(new Step(StepKind.Arrive, 0, 500, 1), 1, Steps.Start), new NaiveCustomer(4_096), default));
        Assert.Contains("phase_of_the_moon", unknown.Message, StringComparison.Ordinal);
    }
}
