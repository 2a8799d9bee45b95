using Levee.Storage.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Levee.Storage.Tests.Orleans;

public sealed class ReminderTableTests : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 3, 1, 2, 0, 0, DateTimeKind.Utc);

    private TestDatabase _database = null!;
    private IHost _host = null!;
    private IReminderTable _table = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _host = OrleansCluster.Silo(_database, "never started");
        _table = _host.Services.GetRequiredService<IReminderTable>();
        await _table.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _host.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_reminder_is_read_back_as_it_was_and_changed_in_place()
    {
        var id = GrainId.Create("retrain", "a");
        var first = await _table.UpsertRow(Entry(id, "daily"));
        var second = await _table.UpsertRow(Entry(id, "daily", TimeSpan.FromHours(12)));
        await _table.UpsertRow(Entry(id, "weekly", TimeSpan.FromDays(50)));

        Assert.NotEqual(first, second);
        var read = (await _table.ReadRow(id, "daily"))!;
        Assert.Equal((id, "daily", Start, TimeSpan.FromHours(12), second), (read.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag));
        Assert.Equal(DateTimeKind.Utc, read.StartAt.Kind);
        Assert.Equal(TimeSpan.FromDays(50), (await _table.ReadRow(id, "weekly"))!.Period);
        Assert.Equal(2, (await _table.ReadRows(id)).Reminders.Count);
        Assert.Null(await _table.ReadRow(id, "never"));
        Assert.Empty((await _table.ReadRows(GrainId.Create("retrain", "b"))).Reminders);
    }

    [Fact]
    public async Task A_reminder_is_removed_by_its_version_only()
    {
        var id = GrainId.Create("retrain", "a");
        var old = await _table.UpsertRow(Entry(id, "daily"));
        var current = await _table.UpsertRow(Entry(id, "daily"));

        Assert.False(await _table.RemoveRow(id, "daily", old!));
        Assert.True(await _table.RemoveRow(id, "daily", current!));
        Assert.False(await _table.RemoveRow(id, "daily", current!));
    }

    [Fact]
    public async Task Every_reminder_is_in_one_half_of_the_ring_wherever_it_is_cut()
    {
        var ids = Enumerable.Range(0, 60).Select(i => GrainId.Create("retrain", $"{i}")).ToArray();
        foreach (var id in ids)
        {
            await _table.UpsertRow(Entry(id, "daily"));
        }

        foreach (var (begin, end) in new (uint, uint)[] { (0, 0x8000_0000), (0x4000_0000, 0xC000_0000), (0x9000_0000, 0xF000_0000), (1, 0) })
        {
            var inside = await ReadAsync(begin, end);
            var outside = await ReadAsync(end, begin);

            Assert.Equal(ids.Where(id => Contains(begin, end, id.GetUniformHashCode())).Order(), inside.Order());
            Assert.Equal(ids.Order(), inside.Concat(outside).Order());
        }
    }

    // As Orleans cuts its ring: (begin, end], around the end when begin is not before it.
    private static bool Contains(uint begin, uint end, uint hash) => begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;

    private static ReminderEntry Entry(GrainId id, string name, TimeSpan? period = null) =>
        new() { GrainId = id, ReminderName = name, StartAt = Start, Period = period ?? TimeSpan.FromDays(1) };

    private async Task<IEnumerable<GrainId>> ReadAsync(uint begin, uint end) =>
        (await _table.ReadRows(begin, end)).Reminders.Select(entry => entry.GrainId);
}
