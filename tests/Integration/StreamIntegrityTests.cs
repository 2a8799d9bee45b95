using Levee.Integration.Harness;

namespace Levee.Integration;

/// <summary>
/// What was produced against what is durable: every transaction once, every minute as a plain SQL aggregate says, whatever happens on
/// the way.
/// </summary>
[Collection(SystemCollection.Name)]
public sealed class StreamIntegrityTests(SystemFixture system)
{
    private const int Count = 20_000;
    private const int CountWithFaults = 12_000;

    [Fact]
    public async Task Twenty_thousand_transactions_become_rows_and_minutes()
    {
        using var run = await system.NewRunAsync();

        // The last minute is still open. Produced first, so that no partition is idle before, and its watermark follows the clock.
        var produced = await run.ProduceAsync(new StreamPlan(Seed: 11, Count) { EndsAgo = TimeSpan.Zero });
        await using var silo = run.StartSilo();
        await silo.WaitAsync(ready: false);

        await run.WaitUntilDurableAsync(produced, silo);
        await run.AssertRowsAsync(produced);
        await run.AssertMinutesAsync(silo);
        await using var connection = await run.OpenAsync();
        Assert.Equal(0, await LatenessCheck.AssertAsync(connection, produced));
    }

    [Fact]
    public async Task Duplicates_late_events_and_poison_change_nothing_else()
    {
        using var run = await system.NewRunAsync();
        var produced = await run.ProduceAsync(new StreamPlan(Seed: 12, CountWithFaults, LateShare: 0.02, DuplicateShare: 0.02, PoisonShare: 0.005));
        Assert.True(produced.Poison > 50 && produced.Duplicates > 200, "The plan produces what the test is about.");
        await using var silo = run.StartSilo();
        await silo.WaitAsync(ready: false);

        await run.WaitUntilDurableAsync(produced, silo);
        await run.AssertRowsAsync(produced);
        await run.AssertMinutesAsync(silo);
        await run.AssertDeadLettersAsync(produced);
        await using var connection = await run.OpenAsync();
        Assert.True(await LatenessCheck.AssertAsync(connection, produced) > 0, "Some events are late.");
    }
}
