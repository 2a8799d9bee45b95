using Levee.Storage.Tests.Support;

namespace Levee.Storage.Tests.Security;

public sealed class ApiKeyStoreTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_key_is_stored_as_its_hash_alone()
    {
        await using var database = await TestDatabase.CreateAsync();
        var key = await new ApiKeyStore(database.Source).CreateAsync("checkout", ["score", "label"], Now, null, CancellationToken.None);

        var row = Assert.Single(await new ApiKeyStore(database.Source).ListAsync(10, CancellationToken.None));

        Assert.Matches("^levee_[A-Za-z0-9_-]{43}$", key);
        Assert.Equal(ApiKeyText.Hash(key!), row.Hash);
        Assert.Equal(("checkout", "score,label", Now, null), (row.Name, string.Join(',', row.Roles), row.CreatedAt, row.ExpiresAt));
        Assert.DoesNotContain(key!["levee_".Length..], await database.ScalarAsync<string>("SELECT string_agg(k::text, '') FROM api_keys k"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotated_key_works_through_its_grace_and_its_successor_lives_as_long_as_it_did()
    {
        await using var database = await TestDatabase.CreateAsync();
        var store = new ApiKeyStore(database.Source);
        var first = await store.CreateAsync("checkout", ["score"], Now, Now.AddDays(90), CancellationToken.None);
        var later = Now.AddDays(10);
        var second = await store.RotateAsync("checkout", later, TimeSpan.FromHours(1), null, CancellationToken.None);

        Assert.Equal([first!, second!], await WorkingAsync(later, first!, second!));
        Assert.Equal([second!], await WorkingAsync(later.AddHours(1), first!, second!));
        Assert.Equal([second!], await WorkingAsync(later.AddDays(90).AddSeconds(-1), first!, second!));
        Assert.Empty(await WorkingAsync(later.AddDays(90), first!, second!));

        async Task<string[]> WorkingAsync(DateTimeOffset at, params string[] keys)
        {
            var hashes = (await store.ReadWorkingAsync(at, 10, CancellationToken.None)).Select(row => Convert.ToHexString(row.Hash)).ToHashSet();
            return [.. keys.Where(key => hashes.Contains(Convert.ToHexString(ApiKeyText.Hash(key))))];
        }
    }

    [Fact]
    public async Task A_name_has_one_current_key_until_it_is_revoked()
    {
        await using var database = await TestDatabase.CreateAsync();
        var store = new ApiKeyStore(database.Source);
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.CreateAsync("checkout", ["admin"], Now, null, CancellationToken.None)));

        Assert.Single(made, key => key is not null);
        Assert.Equal(1, await store.RevokeAsync("checkout", Now, CancellationToken.None));
        Assert.Equal(0, await store.RevokeAsync("checkout", Now, CancellationToken.None));
        Assert.Null(await store.RotateAsync("checkout", Now, TimeSpan.Zero, null, CancellationToken.None));
        Assert.NotNull(await store.CreateAsync("checkout", ["admin"], Now, null, CancellationToken.None));
    }
}
