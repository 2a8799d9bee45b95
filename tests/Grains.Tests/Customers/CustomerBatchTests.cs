using Levee.Features;
using Levee.Grains.Customers;
using Levee.Grains.Streams;
using Levee.Storage;

namespace Levee.Grains.Tests.Customers;

public sealed class CustomerBatchTests
{
    private const long CustomerId = 7;
    private const long Start = 1_790_000_040_000_000;
    private const long End = Start + UnixMicros.PerMinute;

    private readonly WindowState<CustomerWindow>.Loaded _loaded = new(new CustomerWindow(CustomerId), new OffsetVector(), 1, 0, []);

    public CustomerBatchTests()
    {
        _loaded.Window.Fold(new Transaction
        {
            TransactionId = Guid.NewGuid(),
            CustomerId = CustomerId,
            MerchantId = 1,
            Amount = 1,
            Currency = "EUR",
            BaseCents = 100,
            EventTimeMicros = Start + 1,
        }, Start);
        _loaded.Offsets.Advance(1, 0, 5, Start);
        _loaded.Offsets.Advance(1, 1, 8, Start);
    }

    /// <summary>Else it would seem over to whoever looks for minutes to close, again and again, for as long as the other one stands still.</summary>
    [Fact]
    public void A_minute_that_one_partition_has_passed_waits_for_the_other_one_by_name()
    {
        using var batch = NewBatch();
        Assert.False(batch.CloseMinutes());
        Assert.False(batch.WaitsForAnotherPartition);

        _loaded.Offsets.AdvanceWatermark(1, 0, End);
        Assert.False(batch.CloseMinutes());
        Assert.True(batch.WaitsForAnotherPartition);
        var commit = batch.ToCommit(CustomerId);
        Assert.Equal((1, End), (commit.Partition, commit.OpenMinuteEndMicros));
        Assert.Empty(commit.Minutes);
    }

    [Fact]
    public void A_minute_that_both_have_passed_is_closed()
    {
        _loaded.Offsets.AdvanceWatermark(1, 0, End);
        _loaded.Offsets.AdvanceWatermark(1, 1, End);
        using var batch = NewBatch();

        Assert.True(batch.CloseMinutes());

        Assert.False(batch.WaitsForAnotherPartition);
        var commit = batch.ToCommit(CustomerId);
        Assert.Null(commit.OpenMinuteEndMicros);
        Assert.Equal(Start, Assert.Single(commit.Minutes).WindowStartMicros);
    }

    // Closing minutes and what to write need nothing of the silo.
    private CustomerBatch NewBatch() => new(services: null!, _loaded, stored: null);
}
