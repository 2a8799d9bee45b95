using Levee.Storage.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;

namespace Levee.Storage.Tests.Orleans;

public sealed class GrainStorageTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private IHost _host = null!;
    private IGrainStorage _storage = null!;

    public static TheoryData<string> Keys => ["string", "integer", "guid", "integer and extension", "guid and extension"];

    public async Task InitializeAsync()
    {
        // The queries are read when a silo starts.
        _database = await TestDatabase.CreateAsync();
        _host = OrleansCluster.Silo(_database, "one");
        await _host.StartAsync();
        _storage = _host.Services.GetRequiredKeyedService<IGrainStorage>(OrleansCluster.StorageName);
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _database.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_state_is_written_read_changed_and_cleared(string key)
    {
        var id = Id(key);
        var state = await ReadAsync(id);
        Assert.False(state.RecordExists);

        state.State!.Value = 1;
        await _storage.WriteStateAsync("count", id, state);
        state.State!.Value = 2;
        await _storage.WriteStateAsync("count", id, state);
        var read = await ReadAsync(id);
        Assert.Equal((true, 2, state.ETag), (read.RecordExists, read.State!.Value, read.ETag));
        Assert.False((await ReadAsync(id, "another state")).RecordExists);

        await _storage.ClearStateAsync("count", id, read);
        Assert.False(read.RecordExists);
        var cleared = await ReadAsync(id);
        Assert.Equal(0, cleared.State!.Value);
        cleared.State!.Value = 3;
        await _storage.WriteStateAsync("count", id, cleared);
        Assert.Equal(3, (await ReadAsync(id)).State!.Value);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_state_of_another_version_is_refused(string key)
    {
        var id = Id(key);
        var mine = await ReadAsync(id);
        var others = await ReadAsync(id);
        await _storage.WriteStateAsync("count", id, others);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("count", id, mine));

        var stale = await ReadAsync(id);
        await _storage.WriteStateAsync("count", id, others);
        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("count", id, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.ClearStateAsync("count", id, stale));
        Assert.True((await ReadAsync(id)).RecordExists);
    }

    [Fact]
    public async Task Of_those_that_write_first_one_wins()
    {
        var id = Id("string");
        var states = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(id)));

        var written = await Task.WhenAll(states.Select(state => Task.Run(async () =>
        {
            try
            {
                await _storage.WriteStateAsync("count", id, state);
                return true;
            }
            catch (InconsistentStateException)
            {
                return false;
            }
        })));

        Assert.Single(written, true);
    }

    private static GrainId Id(string kind)
    {
        var guid = new Guid("0f8fad5b-d9cb-469f-a165-70867728950e");
        return GrainId.Create(GrainType.Create("test"), kind switch
        {
            "integer" => GrainIdKeyExtensions.CreateIntegerKey(-42),
            "guid" => GrainIdKeyExtensions.CreateGuidKey(guid),
            "integer and extension" => GrainIdKeyExtensions.CreateIntegerKey(-42, "ext"),
            "guid and extension" => GrainIdKeyExtensions.CreateGuidKey(guid, "ext"),
            _ => IdSpan.Create("a string"),
        });
    }

    private async Task<GrainState<TestGrain.Counter>> ReadAsync(GrainId id, string name = "count")
    {
        var state = new GrainState<TestGrain.Counter>(new TestGrain.Counter());
        await _storage.ReadStateAsync(name, id, state);
        return state;
    }
}
