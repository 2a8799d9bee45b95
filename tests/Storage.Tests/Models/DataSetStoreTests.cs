using Levee.Embedded;
using Npgsql;

namespace Levee.Storage.Tests.Models;

public sealed class DataSetStoreTests : IAsyncLifetime
{
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync()
    {
        _source = StorageServiceCollectionExtensions.CreateSource(await TestPostgres.CreateDatabaseAsync());
        await new LeveeDatabase(_source).MigrateAsync(CancellationToken.None);
    }

    public async Task DisposeAsync() => await _source.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(4 << 20)]
    [InlineData((9 << 20) + 17)]
    public async Task A_file_comes_out_as_it_went_in_and_is_kept_once(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        var store = new DataSetStore(_source);

        Assert.True(await store.AddAsync("a", new MemoryStream(content), CancellationToken.None));
        Assert.False(await store.AddAsync("a", new MemoryStream([1]), CancellationToken.None));

        using var copy = new MemoryStream();
        Assert.True(await store.CopyToAsync("a", copy, CancellationToken.None));
        Assert.Equal(content, copy.ToArray());
        Assert.False(await store.CopyToAsync("b", copy, CancellationToken.None));
    }

    [Fact]
    public async Task What_breaks_off_leaves_nothing()
    {
        var store = new DataSetStore(_source);
        await Assert.ThrowsAsync<IOException>(() => store.AddAsync("a", new BreaksOff(6 << 20), CancellationToken.None));

        using var copy = new MemoryStream();
        Assert.False(await store.CopyToAsync("a", copy, CancellationToken.None));
        Assert.True(await store.AddAsync("a", new MemoryStream([1, 2, 3]), CancellationToken.None));
    }

    private sealed class BreaksOff(int after) : MemoryStream(new byte[after + 1])
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position + buffer.Length > after ? throw new IOException("the disk is gone") : base.ReadAsync(buffer, cancellationToken);
    }
}
