using Levee.Storage.Tests.Support;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Streams;

public sealed class CustomersToCloseTests
{
    [Fact]
    public async Task Customers_come_when_their_partitions_watermark_has_passed_their_minute()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var committer = Committer(database.Source))
        {
            async Task StoreAsync(long customer, int partition, long? openEnd) =>
                await committer.CommitAsync(Commit(customer) with { Partition = partition, OpenMinuteEndMicros = openEnd }, CancellationToken.None);
            await Task.WhenAll(
                StoreAsync(1, 0, Noon), StoreAsync(2, 0, Noon - 5), StoreAsync(3, 0, Noon + 1), StoreAsync(4, 0, null),
                StoreAsync(5, 1, Noon), StoreAsync(6, 2, Noon - 9), StoreAsync(7, 3, Noon - 9));
        }

        var states = new GrainStateStore(database.Source);
        Assert.Equal([2, 1], await ReadAsync(10, (0, Noon), (1, Noon - 1), (3, long.MinValue)));
        Assert.Equal([6, 2], await ReadAsync(2, (0, Noon), (1, Noon - 1), (2, Noon)));
        Assert.Empty(await ReadAsync(10));

        Task<IReadOnlyList<long>> ReadAsync(int limit, params (int Partition, long WatermarkMicros)[] watermarks) =>
            states.ReadCustomersToCloseAsync(watermarks, limit, CancellationToken.None);
    }
}
