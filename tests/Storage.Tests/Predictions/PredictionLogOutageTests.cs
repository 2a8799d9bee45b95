using System.Diagnostics.Metrics;
using Levee.Embedded;
using Levee.Storage.Tests.Support;
using Levee.Testing;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Predictions;

/// <summary>What becomes of predictions while PostgreSQL, the disk, or both do not take them.</summary>
// One after the other: what is dropped is counted for the whole process.
[Collection(nameof(PredictionLog))]
public sealed class PredictionLogOutageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Through_an_outage_of_PostgreSQL_predictions_go_over_the_disk_and_past_every_bound_the_newest_are_dropped_and_counted()
    {
        await using var server = await TestPostgres.StartTemporaryAsync();
        await using var database = new TestDatabase(server.ConnectionString);
        await new LeveeDatabase(database.Source).MigrateAsync(CancellationToken.None);
        var before = Prediction();
        var during = Rows(40);
        var after = Prediction();
        await using (var log = Log(database.Source, _folder, configureLog: Often))
        {
            log.TryWrite(before);
            await Eventually.HoldsAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM predictions") == 1);
            Assert.Empty(_folder.Files("*.spool"));

            await server.StopAsync();
            Assert.All(during[..20], row => log.TryWrite(row));
            await Eventually.HoldsAsync(() => OnDisk().SetEquals(Ids(during[..20])));
            Assert.All(during[20..], row => log.TryWrite(row));
            await Eventually.HoldsAsync(() => OnDisk().SetEquals(Ids(during)));
            Assert.False(log.State.IsHeld);
            Assert.True(log.State.SpooledBytes > 0);
            await server.RestartAsync();
            log.TryWrite(after);
            await Eventually.HoldsAsync(() => log.State.SpooledBytes == 0);
        }

        PredictionRow[] all = [before, .. during, after];
        Assert.Equal(Ids(all), (await database.ColumnAsync<Guid>("SELECT prediction_id FROM predictions ORDER BY ctid")).ToHashSet());

        await server.StopAsync();
        await AssertBoundsAsync(server, database, all.Length);
    }

    [Fact]
    public async Task A_PostgreSQL_that_stands_still_holds_up_nobody_and_what_it_took_late_is_there_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var lockAll = await connection.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand("LOCK TABLE predictions IN SHARE MODE", connection, lockAll))
        {
            await command.ExecuteNonQueryAsync();
        }

        var rows = Rows(10);
        await using (var log = Log(database.Source, _folder, configureLog: Often))
        {
            Assert.All(rows, row => log.TryWrite(row));
            await Eventually.HoldsAsync(() => OnDisk().SetEquals(Ids(rows)));

            // Both wait for the lock now, with the same rows: the write that took too long, and the replay from the disk.
            await lockAll.RollbackAsync();
            await Eventually.HoldsAsync(() => log.State.SpooledBytes == 0);
        }

        Assert.Equal(Ids(rows), (await database.ColumnAsync<Guid>("SELECT prediction_id FROM predictions")).ToHashSet());
    }

    [Fact]
    public async Task A_process_takes_over_what_a_killed_one_left_damaged_or_torn_and_tells_of_the_damage()
    {
        await using var database = await TestDatabase.CreateAsync();
        var rows = Rows(6);
        var options = new PredictionLogOptions { Folder = _folder.Path };
        using (var killed = new PredictionSpool(options, TimeProvider.System))
        {
            killed.Append(rows);
        }

        var file = Assert.Single(_folder.Files("*.spool"));
        var bytes = await File.ReadAllBytesAsync(file);
        var frame = bytes.Length / rows.Length;
        bytes[(2 * frame) + 40] ^= 1;
        await File.WriteAllBytesAsync(file, bytes[..^5]);
        var corrupt = 0L;
        using var listener = Listen("levee.storage.predictions.corrupt", count => Interlocked.Add(ref corrupt, count));
        await using (var log = Log(database.Source, _folder, configureLog: Often))
        {
            await Eventually.HoldsAsync(() => _folder.Files("*.spool").Length == 0);
        }

        Assert.Equal(
            Ids([rows[0], rows[1], rows[3], rows[4]]), (await database.ColumnAsync<Guid>("SELECT prediction_id FROM predictions")).ToHashSet());
        Assert.Equal(bytes[..^5], await File.ReadAllBytesAsync(Assert.Single(_folder.Files("*.corrupt"))));
        Assert.True(Interlocked.Read(ref corrupt) >= 1);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_for_a_moment_is_read_later_and_not_set_aside()
    {
        await using var database = await TestDatabase.CreateAsync();
        var rows = Rows(6);
        using (var killed = new PredictionSpool(new PredictionLogOptions { Folder = _folder.Path }, TimeProvider.System))
        {
            killed.Append(rows);
        }

        var warning = new FirstWarning<PredictionLog>();
        var held = new FileStream(Assert.Single(_folder.Files("*.spool")), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        await using var log = Log(database.Source, _folder, configureLog: Often, logger: warning);
        await warning.Text.WaitAsync(Eventually.Limit);
        await held.DisposeAsync();

        await Eventually.HoldsAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM predictions") == rows.Length);
        Assert.Empty(_folder.Files("*.corrupt"));
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_costs_nothing_while_the_queue_has_room()
    {
        await using var database = await TestDatabase.CreateAsync();
        var disk = new SmallDisk(0);
        var rows = Rows(10);
        await using (var log = Log(database.Source, _folder, configureLog: Often, createFile: disk.Create))
        {
            await database.ExecuteAsync("ALTER TABLE predictions RENAME TO away");
            Assert.All(rows, row => Assert.True(log.TryWrite(row)));
            await Eventually.HoldsAsync(() => log.State.IsHeld);
            await database.ExecuteAsync("ALTER TABLE away RENAME TO predictions");
            await Eventually.HoldsAsync(() => !log.State.IsHeld);
        }

        Assert.Equal(Ids(rows), (await database.ColumnAsync<Guid>("SELECT prediction_id FROM predictions")).ToHashSet());
    }

    private async Task AssertBoundsAsync(EmbeddedPostgres server, TestDatabase database, int alreadyThere)
    {
        var dropped = 0L;
        using var listener = Listen("levee.storage.predictions.dropped", count => Interlocked.Add(ref dropped, count));
        var taken = 0;
        await using var log = Log(
            database.Source,
            _folder,
            options => options.MaxQueuedPredictions = 1_000,
            options => (options.FlushMilliseconds, options.MaxBytes, options.SegmentBytes) = (100, 20_000, 5_000));
        await Eventually.HoldsAsync(() =>
        {
            taken += log.TryWrite(Prediction()) ? 1 : 0;
            return log.State.IsHeld;
        });
        Assert.Equal(0, Interlocked.Read(ref dropped));
        Assert.False(log.State.IsDropping);
        Assert.InRange(log.State.SpooledBytes, 15_000, 20_000);
        while (log.TryWrite(Prediction()))
        {
            taken++;
        }

        Assert.True(log.State is { IsDropping: true, IsHeld: true });
        Assert.True(Interlocked.Read(ref dropped) >= 1);
        await server.RestartAsync();
        await Eventually.HoldsAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM predictions") == alreadyThere + taken);
    }

    private static void Often(PredictionLogOptions options) => options.FlushMilliseconds = 200;

    private static PredictionRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(_ => Prediction(Guid.CreateVersion7()))];

    private static HashSet<Guid> Ids(IEnumerable<PredictionRow> rows) => [.. rows.Select(row => row.PredictionId)];

    private static MeterListener Listen(string name, Action<long> count)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Levee.Storage" && instrument.Name == name)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => count(value));
        listener.Start();
        return listener;
    }

    private HashSet<Guid> OnDisk()
    {
        var ids = new HashSet<Guid>();
        foreach (var path in _folder.Files("*.spool"))
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var file = new byte[stream.Length];
            stream.ReadExactly(file);
            ids.UnionWith(SpoolFrame.Read(file).Where(part => part.Kind == SpoolPartKind.Payload)
                .Select(part => PredictionRowFormat.Read(file, part).PredictionId));
        }

        return ids;
    }
}
