using Levee.Storage.Tests.Support;

namespace Levee.Storage.Tests.Streams;

public sealed class StreamCheckpointStoreTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private StreamCheckpointStore _store = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _store = new StreamCheckpointStore(_database.Source);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task An_epoch_begins_with_a_topic_with_another_source_and_with_a_log_that_started_over()
    {
        Assert.Equal(1, await ResolveAsync("a", "cluster-1/a"));
        Assert.Equal(1, await ResolveAsync("a", "cluster-1/a"));
        Assert.Equal(1, await ResolveAsync("b", "cluster-1/b"));
        Assert.Equal(2, await ResolveAsync("a", "cluster-2/a"));
        Assert.Equal(3, await ResolveAsync("a", "cluster-1/a"));
        Assert.Equal(4, await ResolveAsync("a", "cluster-1/a", ended: 3));
        Assert.Equal(4, await ResolveAsync("a", "cluster-1/a", ended: 3));
        Assert.Equal(4, await ResolveAsync("a", "cluster-1/a"));
    }

    [Fact]
    public async Task All_that_ask_at_once_get_one_answer()
    {
        Assert.Equal(Enumerable.Repeat(1, 8), await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ResolveAsync("a", "s")))));
        Assert.Equal(Enumerable.Repeat(2, 8), await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ResolveAsync("a", "s", ended: 1)))));
    }

    [Fact]
    public async Task A_checkpoint_only_goes_forward()
    {
        await WriteAsync(new("a", 1, 0, 10, 100), new("a", 1, 1, 5, long.MinValue));
        await WriteAsync(new("a", 1, 0, 9, 999), new("a", 1, 1, 6, 50));
        Assert.Equal(new("a", 1, 0, 10, 100), await ReadAsync(0));
        Assert.Equal(new("a", 1, 1, 6, 50), await ReadAsync(1));

        // The watermark of an idle partition goes on; a record from the past does not turn it back.
        await WriteAsync(new StreamCheckpoint("a", 1, 0, 10, 200));
        await WriteAsync(new StreamCheckpoint("a", 1, 0, 11, 150));
        Assert.Equal(new("a", 1, 0, 11, 200), await ReadAsync(0));
        Assert.Null(await ReadAsync(2));
    }

    [Fact]
    public async Task Left_behind_are_the_partitions_of_earlier_epochs_that_the_newest_does_not_know()
    {
        await ResolveAsync("a", "s");
        await WriteAsync(new("a", 1, 0, 10, 100), new("a", 1, 1, 10, 100), new("a", 1, 2, 10, 100), new("b", 1, 3, 10, 100));
        Assert.Empty(await _store.ReadLeftBehindAsync("a", CancellationToken.None));

        await ResolveAsync("a", "s", ended: 1);
        await WriteAsync(new StreamCheckpoint("a", 2, 1, 1, 100));
        Assert.Equal([0, 2], await _store.ReadLeftBehindAsync("a", CancellationToken.None));
    }

    [Fact]
    public async Task A_partition_that_comes_twice_is_written_as_far_as_it_goes()
    {
        await WriteAsync(new("a", 1, 0, 10, 100), new("a", 1, 0, 12, 300), new("a", 1, 0, 11, 200));

        Assert.Equal(new("a", 1, 0, 12, 300), await ReadAsync(0));
    }

    [Fact]
    public async Task Writers_at_once_leave_the_farthest()
    {
        await Task.WhenAll(Enumerable.Range(1, 40).Select(offset => Task.Run(() =>
            WriteAsync([.. Enumerable.Range(0, 4).Select(partition => new StreamCheckpoint("a", 1, (partition + offset) % 4, offset, offset))]))));

        for (var partition = 0; partition < 4; partition++)
        {
            Assert.Equal(new("a", 1, partition, 40, 40), await ReadAsync(partition));
        }
    }

    [Fact]
    public async Task Only_the_newest_epoch_is_current()
    {
        await ResolveAsync("a", "s");
        await ResolveAsync("b", "s");
        await WriteAsync(new("a", 1, 0, 10, 100), new("b", 1, 0, 7, 70));
        Assert.Equal([new("a", 1, 0, 10, 100)], await _store.ReadCurrentAsync("a", CancellationToken.None));

        await ResolveAsync("a", "t");
        Assert.Empty(await _store.ReadCurrentAsync("a", CancellationToken.None));
        await WriteAsync(new StreamCheckpoint("a", 2, 0, 1, 50));
        await WriteAsync(new StreamCheckpoint("a", 1, 0, 11, 110));
        Assert.Equal([new("a", 2, 0, 1, 50)], await _store.ReadCurrentAsync("a", CancellationToken.None));
    }

    private Task<int> ResolveAsync(string topic, string source, int ended = 0) => _store.ResolveEpochAsync(topic, source, ended, CancellationToken.None);

    private Task WriteAsync(params StreamCheckpoint[] checkpoints) => _store.WriteAsync(checkpoints, CancellationToken.None);

    private Task<StreamCheckpoint?> ReadAsync(int partition) => _store.ReadAsync("a", 1, partition, CancellationToken.None);
}
