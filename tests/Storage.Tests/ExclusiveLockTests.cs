using Levee.Storage.Tests.Support;
using Levee.Testing;
using Npgsql;

namespace Levee.Storage.Tests;

public sealed class ExclusiveLockTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task It_is_held_by_one_and_free_again_afterwards()
    {
        await using (var first = await HoldAsync(ExclusiveWork.Import))
        {
            Assert.NotNull(first);
            Assert.Null(await HoldAsync(ExclusiveWork.Import));
            await using var other = await HoldAsync(ExclusiveWork.FirstModel);
            Assert.NotNull(other);
        }

        await using var again = await HoldAsync(ExclusiveWork.Import);
        Assert.NotNull(again);
    }

    [Fact]
    public async Task Whoever_waits_gets_it_when_it_is_given_back()
    {
        var first = await HoldAsync(ExclusiveWork.Import);
        var waiting = ExclusiveLock.HoldAsync(_database.Source, ExclusiveWork.Import, TimeSpan.FromMinutes(5), CancellationToken.None);
        await Eventually.HoldsAsync(async () => await _database.ScalarAsync<long>(
            """
            SELECT count(*) FROM pg_locks
            WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """) == 1);
        Assert.False(waiting.IsCompleted);

        await first!.DisposeAsync();

        await (await waiting.WaitAsync(Eventually.Limit)).DisposeAsync();
    }

    [Fact]
    public async Task Whoever_waits_too_long_gets_an_error()
    {
        await using var first = await HoldAsync(ExclusiveWork.Import);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExclusiveLock.HoldAsync(
            _database.Source, ExclusiveWork.Import, TimeSpan.FromSeconds(1), CancellationToken.None));
    }

    [Fact]
    public async Task It_ends_with_its_connection_and_hides_no_error()
    {
        await using var held = await HoldAsync(ExclusiveWork.Import);
        Assert.NotNull(held);
        await _database.ScalarAsync<long>(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """);

        ExclusiveLock? taken = null;
        await Eventually.HoldsAsync(async () => (taken = await HoldAsync(ExclusiveWork.Import)) is not null);
        await held.DisposeAsync();

        await taken!.DisposeAsync();
    }

    private Task<ExclusiveLock?> HoldAsync(ExclusiveWork work) => ExclusiveLock.TryHoldAsync(_database.Source, work, CancellationToken.None);
}
