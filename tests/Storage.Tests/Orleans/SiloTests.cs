using Levee.Storage.Tests.Support;
using Levee.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Levee.Storage.Tests.Orleans;

public sealed class SiloTests
{
    [Fact]
    public async Task Two_silos_form_a_cluster_with_reminders_states_and_clients()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var first = OrleansCluster.Silo(database, "first");
        using var second = OrleansCluster.Silo(database, "second");
        using var client = OrleansCluster.Client(database);
        await first.StartAsync();
        await second.StartAsync();
        await client.StartAsync();

        Assert.Equal(2, await database.ScalarAsync<long>("SELECT count(*) FROM orleans_silo WHERE status = 3"));
        var management = client.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        Assert.Equal(2, (await management.GetHosts(onlyActive: true)).Count);
        var places = new HashSet<string>();
        for (var i = 0; places.Count < 2 && i < 200; i++)
        {
            places.Add(await client.Grain($"place-{i}").WhereAsync());
        }

        Assert.Equal(["first", "second"], places.Order(StringComparer.Ordinal));

        var grain = client.Grain("one");
        Assert.Equal(1, await grain.AddAsync());
        Assert.Equal(2, await grain.AddAsync());
        await grain.RemindAsync("daily");
        await grain.RemindAsync("other");
        var fired = TestGrain.Fired.GetOrAdd("daily", _ => new TaskCompletionSource<TickStatus>());
        Assert.Equal(TimeSpan.FromMinutes(1), (await fired.Task.WaitAsync(Eventually.Limit)).Period);
        Assert.Equal(["daily", "other"], await grain.ReadRemindersAsync());
        await grain.ForgetAsync("other");
        Assert.Equal(["daily"], await grain.ReadRemindersAsync());

        // Whoever stops leaves in order, and the state comes back wherever the grain lives next.
        await first.StopAsync();
        Assert.Equal(3, await second.Grain("one").AddAsync());
        Assert.Equal(["daily"], await second.Grain("one").ReadRemindersAsync());
        Assert.Equal([3, 6], await database.ColumnAsync<int>("SELECT status FROM orleans_silo ORDER BY status"));
        await client.StopAsync();
        await second.StopAsync();
    }
}
