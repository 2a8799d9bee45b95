using Confluent.Kafka;
using Levee.Embedded;
using Levee.Grains.Customers;
using Levee.Storage;
using Npgsql;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Grains.Tests.Customers;

public sealed class GonePartitionsTests : IAsyncLifetime
{
    private const string Topic = "transactions";
    private const long Unknown = long.MinValue;

    private NpgsqlDataSource _source = null!;
    private StreamCheckpointStore _checkpoints = null!;
    private GonePartitions _gone = null!;
    private int? _partitions = 2;
    private int _asked;

    public async Task InitializeAsync()
    {
        _source = StorageServiceCollectionExtensions.CreateSource(await TestPostgres.CreateDatabaseAsync());
        await new LeveeDatabase(_source).MigrateAsync(CancellationToken.None);
        _checkpoints = new StreamCheckpointStore(_source);
        _gone = new GonePartitions(_checkpoints, CountAsync);
        await BeginEpochAsync(ended: 0);
        await WriteAsync(1, (0, 100), (1, 100), (2, 100), (3, 100));
    }

    public async Task DisposeAsync() => await _source.DisposeAsync();

    [Fact]
    public async Task They_go_by_the_slowest_partition_once_all_that_there_are_have_a_watermark()
    {
        Assert.Empty(await FindAsync());
        await BeginEpochAsync(ended: 1);
        await WriteAsync(2, (1, 700));
        Assert.Empty(await FindAsync());
        await WriteAsync(2, (0, Unknown));
        Assert.Equal([new(2, 2, Unknown, IsGone: true), new(2, 3, Unknown, IsGone: true)], await FindAsync());

        await WriteAsync(2, (0, 500));
        Assert.Equal([new(2, 2, 500, IsGone: true), new(2, 3, 500, IsGone: true)], await FindAsync());
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task A_broker_that_still_knows_the_old_topic_is_asked_again()
    {
        await BeginEpochAsync(ended: 1);
        await WriteAsync(2, (0, 500), (1, 500));
        _partitions = 4;
        Assert.Empty(await FindAsync());

        _partitions = 2;
        Assert.Equal([2, 3], (await FindAsync()).Select(gone => gone.Partition));
    }

    [Fact]
    public async Task None_is_gone_while_the_brokers_do_not_answer()
    {
        await BeginEpochAsync(ended: 1);
        await WriteAsync(2, (0, 500), (1, 500));
        _partitions = null;
        Assert.Empty(await FindAsync());

        _partitions = 2;
        Assert.Equal([2, 3], (await FindAsync()).Select(gone => gone.Partition));
    }

    [Fact]
    public async Task The_next_epoch_may_have_them_again_or_fewer()
    {
        await BeginEpochAsync(ended: 1);
        await WriteAsync(2, (0, 500), (1, 500));
        Assert.Equal([2, 3], (await FindAsync()).Select(gone => gone.Partition));

        await BeginEpochAsync(ended: 2);
        _partitions = 3;
        await WriteAsync(3, (0, 600), (1, 600), (2, 550));
        Assert.Equal([new PartitionWatermark(3, 3, 550, IsGone: true)], await FindAsync());
        Assert.Equal(2, _asked);
    }

    private Task<int> CountAsync(string topic)
    {
        Assert.Equal(Topic, topic);
        _asked++;
        return _partitions is { } count ? Task.FromResult(count) : Task.FromException<int>(new KafkaException(ErrorCode.Local_TimedOut));
    }

    private async Task<IReadOnlyList<PartitionWatermark>> FindAsync() =>
        await _gone.FindAsync(Topic, await _checkpoints.ReadCurrentAsync(Topic, CancellationToken.None), CancellationToken.None);

    private Task BeginEpochAsync(int ended) => _checkpoints.ResolveEpochAsync(Topic, "source", ended, CancellationToken.None);

    private Task WriteAsync(int epoch, params (int Partition, long Watermark)[] checkpoints) => _checkpoints.WriteAsync(
        [.. checkpoints.Select(one => new StreamCheckpoint(Topic, epoch, one.Partition, 1, one.Watermark))], CancellationToken.None);
}
