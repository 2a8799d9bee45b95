using Levee.Embedded;
using Npgsql;

namespace Levee.Storage.Tests.Labels;

public sealed class IdempotentLabelsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private NpgsqlDataSource _source = null!;
    private IdempotentLabels _labels = null!;

    public async Task InitializeAsync()
    {
        _source = StorageServiceCollectionExtensions.CreateSource(await TestPostgres.CreateDatabaseAsync());
        await new LeveeDatabase(_source).MigrateAsync(CancellationToken.None);
        _labels = new IdempotentLabels(_source);
    }

    public async Task DisposeAsync() => await _source.DisposeAsync();

    [Fact]
    public async Task A_repeat_has_the_first_answer_and_stores_nothing_though_its_labels_have_another_time()
    {
        Assert.Equal(new IdempotentResult(2, IsRepeated: false, IsOtherBody: false), await AddAsync("anna", "k", 1, Now));

        // Another process, other clock: the labels without a time of their own would be newer observations.
        Assert.Equal(new IdempotentResult(2, IsRepeated: true, IsOtherBody: false), await AddAsync("anna", "k", 1, Now.AddMinutes(1)));
        Assert.Equal(2, await CountAsync("labels"));
    }

    [Fact]
    public async Task Another_body_is_told_apart_and_another_caller_has_its_own_keys()
    {
        await AddAsync("anna", "k", 1, Now);

        Assert.True((await AddAsync("anna", "k", 2, Now.AddSeconds(1))).IsOtherBody);
        Assert.False((await AddAsync("otto", "k", 2, Now.AddSeconds(1))).IsRepeated);
        Assert.Equal(4, await CountAsync("labels"));
    }

    [Fact]
    public async Task Of_requests_at_the_same_time_one_stores()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => AddAsync("anna", "k", 1, Now.AddMilliseconds(i))));

        Assert.Single(results, result => !result.IsRepeated);
        Assert.All(results, result => Assert.Equal(2, result.Added));
        Assert.Equal(2, await CountAsync("labels"));
    }

    [Fact]
    public async Task What_fails_leaves_its_key_free()
    {
        await Assert.ThrowsAsync<PostgresException>(() => _labels.AddAsync(Request("anna", "k", 1), [Label(1, Now) with { Source = "a\0b" }], Now, CancellationToken.None));

        Assert.False((await AddAsync("anna", "k", 1, Now)).IsRepeated);
    }

    [Fact]
    public async Task A_key_ends_with_its_time_and_old_ones_go()
    {
        for (var i = 0; i < 30; i++)
        {
            await AddAsync("anna", $"old-{i}", 1, Now);
        }

        Assert.False((await AddAsync("anna", "old-29", 2, Now.AddHours(1))).IsRepeated);
        await AddAsync("anna", "new", 1, Now.AddHours(1));

        // The two that are new.
        Assert.Equal(2, await CountAsync("idempotency_keys"));
    }

    private static IdempotentRequest Request(string caller, string key, byte body) => new(caller, key, [.. Enumerable.Repeat(body, 32)], TimeSpan.FromHours(1));

    private static LabelRow Label(int number, DateTimeOffset at) => new(new Guid(number, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8), true, "bank", at, at);

    private Task<IdempotentResult> AddAsync(string caller, string key, byte body, DateTimeOffset at) =>
        _labels.AddAsync(Request(caller, key, body), [Label(1, at), Label(2, at)], at, CancellationToken.None);

    private async Task<long> CountAsync(string table)
    {
        await using var command = _source.CreateCommand($"SELECT count(*) FROM {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
