using Dapper;
using Levee.Integration.Harness;
using Levee.Storage;

namespace Levee.Integration;

/// <summary>
/// A customer whose grain always throws, one whose activation hangs, poison with nowhere to go, and a silo that is killed meanwhile: each
/// holds up itself only, and once all is mended nothing is missing and nothing is there twice.
/// </summary>
[Collection(SystemCollection.Name)]
public sealed class BadNeighboursTests(SystemFixture system)
{
    private const int Seed = 37;

    // On different partitions, and neither on the first, where the poison is.
    private const long Throwing = 77;
    private const long Hanging = 90;
    private const int MoreRefusalsThanTries = 100_000;

    // More than a partition may hold of incomplete records, when whole.
    private static readonly int Count = FaultScale.Current.Transactions;

    [Fact]
    public async Task What_cannot_be_processed_holds_up_nothing_else_and_is_exact_in_the_end()
    {
        var hangs = Path.Combine(Path.GetTempPath(), $"levee-hangs-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(hangs, "");
        try
        {
            using var run = await system.NewRunAsync();
            await DamageAsync(run);
            var produced = await run.ProduceAsync(new StreamPlan(Seed, Count, LateShare: 0.01, DuplicateShare: 0.01, PoisonShare: 0.003));
            run.Broker.RefuseWrites(MoreRefusalsThanTries);

            // Nobody else is there to go on when the first silo dies; the second meets the same neighbours.
            await using (var first = run.StartSilo(HangingActivation.Of(Hanging, hangs)))
            {
                await run.WaitForRowsAsync(Count / 4, first);
                await first.Process.KillAsync();
            }

            await using var silo = run.StartSilo(HangingActivation.Of(Hanging, hangs));
            await AssertOthersGoOnAsync(run, produced, silo);

            run.Broker.TakeWrites();
            File.Delete(hangs);
            await MendAsync(run);
            await run.WaitUntilDurableAsync(produced, silo);
            await run.AssertRowsAsync(produced);
            await run.AssertMinutesAsync(silo);
            await run.AssertDeadLettersAsync(produced);
            if (FaultScale.Current.Results is { } file)
            {
                var report = new FaultReport();
                report.Add("a customer whose grain always throws, one whose activation hangs, the dead-letter topic away, the silo killed", "all others are durable; three partitions wait");
                report.Add($"{Count:N0} transactions, after all is mended", "ids, rows, sequences, minutes and dead letters are exact");
                await report.WriteAsync(file, "What cannot be processed");
            }
        }
        finally
        {
            File.Delete(hangs);
        }
    }

    // A state that no Levee has written: reading it is refused, so that each delivery fails.
    private static async Task DamageAsync(StreamRun run)
    {
        await using var source = StorageServiceCollectionExtensions.CreateSource(run.ConnectionString);
        await new LeveeDatabase(source).MigrateAsync(CancellationToken.None);
        await using var connection = await run.OpenAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO customer_state (customer_id, state, version, snapshot_version, sequence, offsets, commit_id)
            VALUES (@Throwing, '\xdeadbeef', 1, 1, 0, '{}', gen_random_uuid())
            """,
            new { Throwing });
    }

    private static async Task MendAsync(StreamRun run)
    {
        await using var connection = await run.OpenAsync();
        await connection.ExecuteAsync("DELETE FROM customer_state WHERE customer_id = @Throwing", new { Throwing });
    }

    private static async Task AssertOthersGoOnAsync(StreamRun run, ProducedStream produced, SiloUnderTest silo)
    {
        var others = produced.InOrder.Where(t => t.CustomerId is not (Throwing or Hanging)).ToList();
        Assert.InRange(produced.InOrder.Count - others.Count, Count / 2_000, Count / 40);
        await using var connection = await run.OpenAsync();
        await Until.HoldsAsync(
            () => connection.QuerySingleAsync<(long Rows, long Merchants)>(
                "SELECT (SELECT count(*) FROM transactions), (SELECT coalesce(sum(sequence), 0)::bigint FROM merchant_state)"),
            seen => seen.Rows == others.Count && seen.Merchants == produced.InOrder.Count,
            TimeSpan.FromSeconds(60) * Math.Max(1, Count / 20_000),
            $"{others.Count} rows of other customers, {produced.InOrder.Count} transactions at their merchants",
            () => silo.Process.Output);
        var customers = await connection.QueryAsync<long>("SELECT DISTINCT customer_id FROM transactions WHERE customer_id IN (@Throwing, @Hanging)", new { Throwing, Hanging });
        Assert.Empty(customers);

        // Their partitions are complete up to the first record that is not; others to the end.
        var ends = run.LogEnds();
        var checkpoints = await Until.HoldsAsync(
            async () => (await connection.QueryAsync<(int, long)>("SELECT kafka_partition, next_offset FROM stream_checkpoints WHERE topic = 'transactions'")).ToDictionary(),
            seen => seen.Count(c => c.Value == ends[c.Key]) == StreamLoad.Partitions - 3,
            TimeSpan.FromSeconds(20),
            "All partitions but three are complete",
            () => silo.Process.Output);
        foreach (var partition in (int[])[0, (int)(Throwing % StreamLoad.Partitions), (int)(Hanging % StreamLoad.Partitions)])
        {
            Assert.True(checkpoints.GetValueOrDefault(partition) < ends[partition], $"Partition {partition} waits.");
        }

        Assert.Equal(0, run.CountDeadLetters());
    }
}
