using Levee.Storage.Tests.Support;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Streams;

public sealed class CustomersToCloseTests
{
    [Fact]
    public async Task Customers_come_when_their_partitions_watermark_has_passed_their_minute()
    {
        await using var database = await TestDatabase.CreateAsync();
        var checkpoints = new StreamCheckpointStore(database.Source);
        await checkpoints.ResolveEpochAsync("t", "s", 0, CancellationToken.None);
        await checkpoints.WriteAsync(
            [new("t", 1, 0, 1, Noon), new("t", 1, 1, 1, Noon - 1), new("t", 1, 2, 1, Noon), new("t", 1, 3, 1, long.MinValue), new("u", 1, 1, 1, Noon)],
            CancellationToken.None);
        await using (var committer = Committer(database.Source))
        {
            async Task StoreAsync(long customer, int partition, long? openEnd) =>
                await committer.CommitAsync(Commit(customer) with { Partition = partition, OpenMinuteEndMicros = openEnd }, CancellationToken.None);
            await Task.WhenAll(
                StoreAsync(1, 0, Noon), StoreAsync(2, 0, Noon - 5), StoreAsync(3, 0, Noon + 1), StoreAsync(4, 0, null),
                StoreAsync(5, 1, Noon), StoreAsync(6, 2, Noon - 9), StoreAsync(7, 3, Noon - 9));
        }

        var states = new GrainStateStore(database.Source);
        Assert.Equal([2, 1], await states.ReadCustomersToCloseAsync("t", [0, 1, 3], 10, CancellationToken.None));
        Assert.Equal([6, 2], await states.ReadCustomersToCloseAsync("t", [0, 1, 2, 3], 2, CancellationToken.None));
        Assert.Empty(await states.ReadCustomersToCloseAsync("t", [], 10, CancellationToken.None));
        Assert.Empty(await states.ReadCustomersToCloseAsync("v", [0], 10, CancellationToken.None));

        // In a new epoch the watermark starts anew.
        await checkpoints.ResolveEpochAsync("t", "other", 0, CancellationToken.None);
        Assert.Empty(await states.ReadCustomersToCloseAsync("t", [0, 1, 2], 10, CancellationToken.None));
    }
}
