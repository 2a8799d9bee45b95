using System.Collections.Concurrent;
using System.Globalization;
using Levee.Embedded;
using Levee.Features;
using Levee.Storage.Tests.Support;
using Levee.Testing;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Commits;

public sealed class GroupCommitterOutageTests
{
    private const int Customers = 40;
    private const int CommitsEach = 30;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restarts_and_crashes_under_load_lose_nothing_and_write_nothing_twice(bool crash)
    {
        // Synced commits: a crash must not take back what was answered.
        await using var server = await TestPostgres.StartTemporaryAsync(durable: true);
        await using var database = new TestDatabase(server.ConnectionString);
        await new LeveeDatabase(database.Source).MigrateAsync(CancellationToken.None);
        await using var committer = Committer(database.Source, options => options.Writers = 3);
        var committed = new ConcurrentDictionary<Guid, (long Customer, long Sequence)>();

        var work = Task.WhenAll(Enumerable.Range(1, Customers).Select(customer => RunCustomerAsync(committer, customer, committed)));
        for (var outage = 1; outage <= 2; outage++)
        {
            await Eventually.HoldsAsync(() => committed.Count >= outage * Customers * CommitsEach / 4);
            if (crash)
            {
                await server.KillAsync();
            }

            await server.RestartAsync();
        }

        await work.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(Customers * CommitsEach, committed.Count);
        var stored = await database.ColumnAsync<string>("SELECT concat_ws('|', transaction_id, customer_id, customer_sequence) FROM transactions");
        Assert.Equal(
            committed.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}|{entry.Value.Customer}|{entry.Value.Sequence}")).Order(StringComparer.Ordinal),
            stored.Order(StringComparer.Ordinal));
        Assert.Equal(Customers, await database.ScalarAsync<long>("SELECT count(*) FROM customer_state WHERE version = $1 AND sequence = $1", (long)CommitsEach));
        Assert.Equal((long)Customers * CommitsEach, await database.ScalarAsync<long>("SELECT count(*) FROM features"));
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_answered_as_committed()
    {
        await using var direct = await TestDatabase.CreateAsync();
        await using var proxy = new LosingProxy(direct.ConnectionString);
        await using var source = StorageServiceCollectionExtensions.CreateSource(proxy.ConnectionString);
        await using var committer = Committer(source, options => options.LingerMilliseconds = 50);
        proxy.LoseNextAnswers(1);

        var results = await Task.WhenAll(Enumerable.Range(1, 10).Select(key =>
            committer.CommitAsync(Commit(key, transactions: Row(Transaction(customer: key))) with { Minutes = [Minute(key)] }, CancellationToken.None)));
        var next = await committer.CommitAsync(Commit(1, 1), CancellationToken.None);

        Assert.Equal(1, proxy.Lost);
        Assert.All(results, result => Assert.Equal((CommitStatus.Committed, 1), (result.Status, result.NewVersion)));
        Assert.Equal((CommitStatus.Committed, 2), (next.Status, next.NewVersion));
        Assert.Equal(10, await direct.ScalarAsync<long>("SELECT count(*) FROM transactions"));
    }

    [Fact]
    public async Task A_real_conflict_stays_one_when_an_answer_is_lost()
    {
        await using var direct = await TestDatabase.CreateAsync();
        await using var proxy = new LosingProxy(direct.ConnectionString);
        await using var source = StorageServiceCollectionExtensions.CreateSource(proxy.ConnectionString);
        await using var committer = Committer(source, options => options.LingerMilliseconds = 50);
        await committer.CommitAsync(Commit(1), CancellationToken.None);
        proxy.LoseNextAnswers(1);

        var stale = committer.CommitAsync(Commit(1), CancellationToken.None);
        var fresh = committer.CommitAsync(Commit(2), CancellationToken.None);

        Assert.Equal(CommitStatus.VersionConflict, (await stale).Status);
        Assert.Equal(CommitStatus.Committed, (await fresh).Status);
        Assert.Equal(1, proxy.Lost);
    }

    [Fact]
    public async Task A_caller_can_give_up_while_postgresql_is_away_and_the_others_go_on_when_it_is_back()
    {
        await using var server = await TestPostgres.StartTemporaryAsync();
        await using var database = new TestDatabase(server.ConnectionString);
        await new LeveeDatabase(database.Source).MigrateAsync(CancellationToken.None);
        await server.StopAsync();
        await using var committer = Committer(database.Source, options => options.MaxQueued = 1);
        using var giveUp = new CancellationTokenSource();

        // More than writers and queue can hold: the last ones wait to be queued.
        var patient = Enumerable.Range(1, 10).Select(key => committer.CommitAsync(Commit(key), CancellationToken.None)).ToArray();
        var impatient = committer.CommitAsync(Commit(11), giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.DoesNotContain(patient, task => task.IsCompleted);
        await server.RestartAsync();

        Assert.All(await Task.WhenAll(patient).WaitAsync(Eventually.Limit), result => Assert.Equal(CommitStatus.Committed, result.Status));
        Assert.Equal(10, await database.ScalarAsync<long>("SELECT count(*) FROM customer_state WHERE customer_id <= 10"));
    }

    [Fact]
    public async Task A_committer_stops_in_time_while_postgresql_is_away()
    {
        await using var source = StorageServiceCollectionExtensions.CreateSource("Host=127.0.0.1;Port=1;Username=nobody;Timeout=1");
        var committer = Committer(source);
        var waiting = committer.CommitAsync(Commit(1), CancellationToken.None);

        await committer.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        await Assert.ThrowsAnyAsync<Exception>(() => waiting);
    }

    // As a grain does: one commit after the other; a conflict would mean that somebody else wrote.
    private static async Task RunCustomerAsync(
        GroupCommitter committer, long customer, ConcurrentDictionary<Guid, (long Customer, long Sequence)> committed)
    {
        for (var sequence = 1L; sequence <= CommitsEach; sequence++)
        {
            var transaction = Transaction(customer: customer, atMicros: Noon + (sequence * UnixMicros.PerMinute));
            var result = await committer.CommitAsync(
                Commit(customer, sequence - 1, transactions: Row(transaction, sequence)) with { Minutes = [Minute(customer, transaction.EventTimeMicros)] },
                CancellationToken.None);
            Assert.Equal((CommitStatus.Committed, sequence), (result.Status, result.NewVersion));
            committed[transaction.TransactionId] = (customer, sequence);
        }
    }
}
