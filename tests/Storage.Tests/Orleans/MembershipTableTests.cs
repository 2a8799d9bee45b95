using System.Net;
using Levee.Storage.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Messaging;

namespace Levee.Storage.Tests.Orleans;

public sealed class MembershipTableTests : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    private TestDatabase _database = null!;
    private IHost _host = null!;
    private IMembershipTable _table = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _host = OrleansCluster.Silo(_database, "never started");
        _table = _host.Services.GetRequiredService<IMembershipTable>();
        await _table.InitializeMembershipTableAsync(tryInitTableVersion: true);
    }

    public async Task DisposeAsync()
    {
        _host.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_table_is_initialised_once()
    {
        using var other = OrleansCluster.Silo(_database, "another");
        await other.Services.GetRequiredService<IMembershipTable>().InitializeMembershipTableAsync(tryInitTableVersion: true);

        var all = await _table.ReadAllAsync();

        Assert.Empty(all.Members);
        Assert.Equal(0, all.Version.Version);
    }

    [Fact]
    public async Task A_silo_is_inserted_and_read_back_as_it_was()
    {
        var entry = Entry(1, SiloStatus.Joining);

        Assert.True(await _table.InsertRowAsync(entry, (await _table.ReadAllAsync()).Version.Next()));
        Assert.False(await _table.InsertRowAsync(entry, (await _table.ReadAllAsync()).Version.Next()));

        var all = await _table.ReadAllAsync();
        var read = Assert.Single(all.Members).Item1;
        Assert.Equal(1, all.Version.Version);
        Assert.Equal(
            (entry.SiloAddress, entry.HostName, entry.SiloName, entry.Status, entry.ProxyPort, entry.StartTime, entry.IAmAliveTime),
            (read.SiloAddress, read.HostName, read.SiloName, read.Status, read.ProxyPort, read.StartTime, read.IAmAliveTime));
        Assert.Equal(entry.SiloAddress, Assert.Single((await _table.ReadRowAsync(entry.SiloAddress)).Members).Item1.SiloAddress);
        Assert.Empty((await _table.ReadRowAsync(Address(99))).Members);
    }

    [Fact]
    public async Task Of_those_that_write_on_one_version_one_wins()
    {
        var version = (await _table.ReadAllAsync()).Version.Next();

        var inserted = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() => _table.InsertRowAsync(Entry(i, SiloStatus.Joining), version))));

        Assert.Single(inserted, true);
        Assert.Single((await _table.ReadAllAsync()).Members);
    }

    [Fact]
    public async Task A_silo_is_updated_under_the_tables_version()
    {
        var entry = Entry(1, SiloStatus.Joining);
        await _table.InsertRowAsync(entry, (await _table.ReadAllAsync()).Version.Next());
        var all = await _table.ReadAllAsync();
        var stale = all.Version.Next();
        entry.Status = SiloStatus.Active;
        entry.AddSuspector(Address(2), Start.AddSeconds(5));

        Assert.True(await _table.UpdateRowAsync(entry, all.Members[0].Item2, all.Version.Next()));
        entry.Status = SiloStatus.Dead;
        Assert.False(await _table.UpdateRowAsync(entry, all.Members[0].Item2, stale));
        Assert.False(await _table.UpdateRowAsync(Entry(7, SiloStatus.Dead), all.Members[0].Item2, (await _table.ReadAllAsync()).Version.Next()));
        await _table.UpdateIAmAliveAsync(new MembershipEntry { SiloAddress = entry.SiloAddress, IAmAliveTime = Start.AddMinutes(9) });

        var read = Assert.Single((await _table.ReadAllAsync()).Members).Item1;
        Assert.Equal((SiloStatus.Active, Start.AddMinutes(9)), (read.Status, read.IAmAliveTime));
        Assert.Equal((Address(2), Start.AddSeconds(5)), (Assert.Single(read.SuspectTimes!).Item1, read.SuspectTimes![0].Item2));
    }

    [Fact]
    public async Task Dead_silos_are_removed_when_they_have_been_silent_long_enough_and_living_ones_never()
    {
        foreach (var (number, status, alive) in new[]
        {
            (1, SiloStatus.Active, Start), (2, SiloStatus.Dead, Start), (3, SiloStatus.Dead, Start.AddHours(2)), (4, SiloStatus.Joining, Start),
        })
        {
            var entry = Entry(number, status);
            entry.IAmAliveTime = alive;
            await _table.InsertRowAsync(entry, (await _table.ReadAllAsync()).Version.Next());
        }

        await _table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(Start.AddHours(1)));

        Assert.Equal(
            [Address(1), Address(3), Address(4)],
            (await _table.ReadAllAsync()).Members.Select(member => member.Item1.SiloAddress).OrderBy(address => address.Endpoint.Port));
    }

    [Fact]
    public async Task Clients_find_the_gateways_of_living_silos()
    {
        await _table.InsertRowAsync(Entry(1, SiloStatus.Active), (await _table.ReadAllAsync()).Version.Next());
        await _table.InsertRowAsync(Entry(2, SiloStatus.Dead), (await _table.ReadAllAsync()).Version.Next());
        var withoutGateway = Entry(3, SiloStatus.Active);
        withoutGateway.ProxyPort = 0;
        await _table.InsertRowAsync(withoutGateway, (await _table.ReadAllAsync()).Version.Next());
        using var client = OrleansCluster.Client(_database);
        var gateways = client.Services.GetRequiredService<IGatewayListProvider>();
        await gateways.InitializeGatewayListProvider();

        Assert.Equal(30_001, Assert.Single(await gateways.GetGateways()).Port);
    }

    [Fact]
    public async Task A_cluster_is_deleted_without_the_others()
    {
        using var other = OrleansCluster.Silo(_database, "another", "other");
        var others = other.Services.GetRequiredService<IMembershipTable>();
        await others.InitializeMembershipTableAsync(tryInitTableVersion: true);
        await others.InsertRowAsync(Entry(1, SiloStatus.Active), (await others.ReadAllAsync()).Version.Next());
        await _table.InsertRowAsync(Entry(1, SiloStatus.Active), (await _table.ReadAllAsync()).Version.Next());

        await _table.DeleteMembershipTableEntriesAsync("test");

        Assert.Equal(["other"], await _database.ColumnAsync<string>("SELECT deployment_id FROM orleans_cluster JOIN orleans_silo USING (deployment_id)"));
    }

    private static SiloAddress Address(int number) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11_000 + number), 1_000 + number);

    private static MembershipEntry Entry(int number, SiloStatus status) => new()
    {
        SiloAddress = Address(number),
        HostName = "host",
        SiloName = $"silo-{number}",
        Status = status,
        ProxyPort = 30_000 + number,
        StartTime = Start,
        IAmAliveTime = Start.AddSeconds(number),
    };
}
