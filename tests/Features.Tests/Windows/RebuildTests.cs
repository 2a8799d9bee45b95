using CsCheck;
using Levee.Features.Tests.Oracle;

namespace Levee.Features.Tests.Windows;

/// <summary>A window made anew from what was stored is the window that folded it.</summary>
public sealed class RebuildTests
{
    private static readonly Gen<(long Age, long Cents, long Lag)[]> Arrivals =
        Gen.Select(Gen.Long[0, 9 * UnixMicros.PerDay], Gen.Long[1, 10_000], Gen.Long[-UnixMicros.PerHour, UnixMicros.PerHour]).Array[1, 80];

    [Theory]
    [InlineData(4_096)]
    [InlineData(16)]
    public void A_customer_is_rebuilt_to_the_byte(int maxExact) => Arrivals.Sample(arrivals =>
    {
        var options = new CustomerWindowOptions { MaxExactEvents = maxExact };
        var (live, rebuilt) = (new CustomerWindow(7, options), new CustomerWindow(7, options));
        var written = new List<MinuteFeatures>();
        for (var i = 0; i < arrivals.Length; i++)
        {
            var transaction = Make(arrivals[i], i);
            var fold = live.Fold(transaction, transaction.EventTimeMicros + arrivals[i].Lag);
            rebuilt.Refold(transaction, fold.Sequence, fold.IsLate);
            if (i % 3 == 0)
            {
                live.CloseMinutes(transaction.EventTimeMicros, written);
            }
        }

        rebuilt.CloseWritten([.. written.Select(minute => minute.WindowStartMicros)], long.MinValue, live);
        Assert.Empty(CustomerWindow.Compare(live, rebuilt));
        Assert.Equal(live.Serialize(), rebuilt.Serialize());
    });

    [Theory]
    [InlineData(16_384)]
    [InlineData(16)]
    public void A_merchant_is_rebuilt_in_whatever_order(int maxExact) => Arrivals.Sample(arrivals =>
    {
        var options = new MerchantWindowOptions { MaxExactEvents = maxExact };
        var (live, rebuilt) = (new MerchantWindow(1, options), new MerchantWindow(1, options));
        var transactions = arrivals.Select(Make).ToArray();
        Array.ForEach(transactions, transaction => live.Fold(transaction));
        foreach (var transaction in transactions.OrderBy(transaction => transaction.BaseCents))
        {
            rebuilt.Fold(transaction);
        }

        Assert.Empty(MerchantWindow.Compare(live, rebuilt));
    });

    [Fact]
    public void One_transaction_more_is_named()
    {
        var (customer, merchant) = (new CustomerWindow(7), new MerchantWindow(1));
        var transaction = Make((0, 250, 0), 0) with { IsFraud = true };
        customer.Refold(transaction, 1, isLate: false);
        merchant.Fold(transaction);

        var ofCustomer = CustomerWindow.Compare(new CustomerWindow(7), customer);
        Assert.Equal(["sequence", "newest event", $"event {transaction.TransactionId}"], ofCustomer.Take(3).Select(difference => difference.Field));
        Assert.StartsWith("open minute ", Assert.Single(ofCustomer.Skip(3)).Field, StringComparison.Ordinal);
        var ofMerchant = MerchantWindow.Compare(new MerchantWindow(1), merchant);
        Assert.Contains($"label {transaction.TransactionId}", ofMerchant.Select(difference => difference.Field));
        Assert.Contains($"recent id {transaction.TransactionId}", ofMerchant.Select(difference => difference.Field));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    public void How_far_minutes_are_closed_is_the_live_windows_word_unless_rows_contradict_it(int told)
    {
        // One minute has its row, the next one not: the truth lies between their ends.
        var rebuilt = new CustomerWindow(7);
        rebuilt.Refold(Make((UnixMicros.PerMinute, 100, 0), 1), 1, isLate: false);
        rebuilt.Refold(Make((0, 100, 0), 2), 2, isLate: false);
        var first = UnixMicros.Floor(Steps.Start - UnixMicros.PerMinute, UnixMicros.PerMinute);
        var end = first + UnixMicros.PerMinute;
        var live = new CustomerWindow(7);
        live.CloseMinutes(end + (told * UnixMicros.PerMinute), []);

        rebuilt.CloseWritten([first], long.MinValue, live);

        Assert.Equal(end, rebuilt.ClosedThroughMicros);
        Assert.Equal(end + UnixMicros.PerMinute, rebuilt.OldestOpenMinuteEndMicros);
    }

    private static Transaction Make((long Age, long Cents, long Lag) arrival, int index) =>
        Steps.Make(new Step(StepKind.Arrive, 0, (int)arrival.Cents, index), index + 1, Steps.Start - arrival.Age) with { MerchantId = 1 };
}
