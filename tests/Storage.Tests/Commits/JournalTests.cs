using Levee.Storage.Tests.Support;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Commits;

public sealed class JournalTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private GroupCommitter _committer = null!;
    private GrainStateStore _states = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _committer = Committer(_database.Source);
        _states = new GrainStateStore(_database.Source);
    }

    public async Task DisposeAsync()
    {
        await _committer.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(GrainKind.Customer)]
    [InlineData(GrainKind.Merchant)]
    public async Task Deltas_follow_their_snapshot_in_order_and_a_new_snapshot_ends_them(GrainKind kind)
    {
        // Another key's journal is nobody else's business.
        await CommitAsync(Snapshot(2, 0, kind, 20));
        await CommitAsync(Delta(2, 1, kind, 21));

        await CommitAsync(Snapshot(1, 0, kind, 10));
        for (byte i = 1; i <= 3; i++)
        {
            Assert.Equal(new CommitResult(CommitStatus.Committed, i + 1, []).NewVersion, (await CommitAsync(Delta(1, i, kind, i))).NewVersion);
        }

        var stored = await ReadAsync(kind, 1);
        Assert.Equal([10], stored.Snapshot);
        Assert.Equal([[1], [2], [3]], stored.Deltas);
        Assert.Equal(4, stored.Version);

        await CommitAsync(Snapshot(1, 4, kind, 11));
        await CommitAsync(Delta(1, 5, kind, 6));
        stored = await ReadAsync(kind, 1);
        Assert.Equal([11], stored.Snapshot);
        Assert.Equal([6], Assert.Single(stored.Deltas));
        Assert.Equal([21], Assert.Single((await ReadAsync(kind, 2)).Deltas));
    }

    [Fact]
    public async Task A_refused_delta_is_not_in_the_journal()
    {
        await CommitAsync(Snapshot(1, 0, GrainKind.Customer, 10));
        await CommitAsync(Delta(1, 1, GrainKind.Customer, 1));

        Assert.Equal(CommitStatus.VersionConflict, (await CommitAsync(Delta(1, 1, GrainKind.Customer, 2))).Status);
        Assert.Equal(CommitStatus.VersionConflict, (await CommitAsync(Delta(1, 5, GrainKind.Customer, 3))).Status);
        Assert.Equal(CommitStatus.VersionConflict, (await CommitAsync(Delta(9, 5, GrainKind.Customer, 4))).Status);

        Assert.Equal([1], Assert.Single((await ReadAsync(GrainKind.Customer, 1)).Deltas));
        Assert.Null(await _states.ReadAsync(GrainKind.Customer, 9, CancellationToken.None));
    }

    [Fact]
    public async Task A_first_commit_must_be_a_snapshot() => Assert.Contains(
        "Customer 1", (await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(Delta(1, 0, GrainKind.Customer, 1)))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_journal_with_a_gap_is_refused(int lost)
    {
        await CommitAsync(Snapshot(1, 0, GrainKind.Merchant, 10));
        for (byte i = 1; i <= 3; i++)
        {
            await CommitAsync(Delta(1, i, GrainKind.Merchant, i));
        }

        await _database.ExecuteAsync($"DELETE FROM merchant_journal WHERE version = {lost}");

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(GrainKind.Merchant, 1));
        Assert.Contains("Merchant 1", refused.Message, StringComparison.Ordinal);
    }

    private static GrainCommit Snapshot(long key, long version, GrainKind kind, byte content) => Commit(key, version, kind, [content]);

    private static GrainCommit Delta(long key, long version, GrainKind kind, byte content) =>
        Commit(key, version, kind) with { State = StateChange.Delta([content]) };

    private Task<CommitResult> CommitAsync(GrainCommit commit) => _committer.CommitAsync(commit, CancellationToken.None);

    private async Task<StoredState> ReadAsync(GrainKind kind, long key) => (await _states.ReadAsync(kind, key, CancellationToken.None))!;
}
