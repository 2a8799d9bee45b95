using Levee.Storage.Tests.Support;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Predictions;

public sealed class PredictionSpoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_come_back_in_order_over_many_files_and_leave_nothing()
    {
        var rows = Rows(500);
        using var spool = Spool(options => options.SegmentBytes = 4_096);
        Assert.Equal(200, spool.Append(rows[..200]));
        Assert.Equal(300, spool.Append(rows[200..]));

        Assert.True(spool.Segments > 10);
        Assert.Equal(_folder.Files("*.spool").Sum(file => new FileInfo(file).Length), spool.Bytes);
        Assert.Equal(Ids(rows), Ids(Drain(spool)));
        Assert.True(spool.IsEmpty);
        Assert.Equal(0, spool.Bytes);
        Assert.Empty(_folder.Files("*.spool"));
    }

    [Fact]
    public void What_was_appended_is_in_the_file_before_append_returns_and_another_process_takes_it_over()
    {
        var rows = Rows(20);
        using var killed = Spool();
        killed.Append(rows);
        using var copy = Copy();

        using var next = Spool(folder: copy.Path);
        Assert.Equal(Ids(rows), Ids(Drain(next)));
    }

    [Fact]
    public void Living_processes_do_not_share_and_a_new_one_takes_what_dead_ones_left_before_its_own()
    {
        var first = Spool();
        var second = Spool();
        var rows = Rows(3);
        first.Append(rows[..1]);
        _time.Advance(TimeSpan.FromSeconds(1));
        second.Append(rows[1..2]);
        using (var third = Spool())
        {
            Assert.True(third.IsEmpty);
        }

        second.Dispose();
        first.Dispose();
        _time.Advance(TimeSpan.FromSeconds(1));
        using var heir = Spool();
        Assert.Equal(2, heir.Segments);
        Assert.Equal(TimeSpan.FromSeconds(2), heir.OldestAge);
        heir.Append(rows[2..]);
        Assert.False(heir.Adopt());
        Assert.Equal(Ids(rows), Ids(Drain(heir)));
        Assert.Equal(TimeSpan.Zero, heir.OldestAge);
    }

    [Fact]
    public void Those_who_live_take_over_what_is_left_when_another_dies()
    {
        using var living = Spool();
        var rows = Rows(3);
        var dying = Spool();
        dying.Append(rows[..1]);
        _time.Advance(TimeSpan.FromSeconds(1));
        living.Append(rows[1..2]);
        Assert.NotNull(living.TakeOldest());
        Assert.False(living.Adopt());

        dying.Dispose();
        _time.Advance(TimeSpan.FromSeconds(1));
        living.Append(rows[2..]);
        Assert.True(living.Adopt());
        Assert.False(living.Adopt());
        Assert.Equal(Ids([rows[1], rows[0], rows[2]]), Ids(Drain(living)));
    }

    [Fact]
    public void Past_the_bound_the_newest_are_not_taken_and_there_is_room_again_when_the_oldest_are_done()
    {
        var rows = Rows(100);
        using var spool = Spool(options => (options.MaxBytes, options.SegmentBytes) = (3_000, 1_000));
        var taken = spool.Append(rows);
        Assert.InRange(taken, 5, 50);
        Assert.InRange(spool.Bytes, 2_000, 3_000);
        Assert.Equal(0, spool.Append(rows[taken..]));

        spool.TakeOldest();
        spool.RemoveTaken(isDamaged: false);
        var more = spool.Append(rows[taken..]);
        Assert.InRange(more, 1, taken);
        Assert.InRange(spool.Bytes, 2_000, 3_000);
        Assert.Equal(Ids(rows[..(taken + more)])[^more..], Ids(Drain(spool))[^more..]);
    }

    [Fact]
    public void A_disk_that_is_full_at_any_byte_costs_nothing_once_it_has_room()
    {
        var rows = Rows(6);
        using var whole = Spool(folder: Path.Combine(_folder.Path, "whole"));
        whole.Append(rows);
        for (var free = 0; free < whole.Bytes; free += 7)
        {
            var disk = new SmallDisk(free);
            using var spool = Spool(options => options.SegmentBytes = 300, Path.Combine(_folder.Path, $"{free}"), disk.Create);
            var refused = new[] { rows[..1], rows[1..] }.Where(batch => !TryAppend(spool, batch)).ToArray();
            Assert.NotEmpty(refused);

            disk.Free(1_000_000);
            Assert.All(refused, batch => Assert.True(TryAppend(spool, batch)));
            Assert.Equal(Ids(rows).Order(), Ids(Drain(spool)).Distinct().Order());
            Assert.Equal(0, spool.Bytes);
        }
    }

    [Fact]
    public void A_damaged_file_is_kept_under_another_name_and_counts_for_the_bound()
    {
        using (var spool = Spool())
        {
            spool.Append(Rows(5));
            var segment = spool.TakeOldest()!;
            spool.RemoveTaken(isDamaged: true);
            Assert.True(spool.IsEmpty);
            Assert.Equal(segment.Length, spool.Bytes);
            Assert.Equal(segment.Length, new FileInfo(Assert.Single(_folder.Files("*.corrupt"))).Length);
        }

        using var next = Spool();
        Assert.True(next.IsEmpty);
        Assert.True(next.Bytes > 0);
    }

    [Fact]
    public void Nobody_else_may_read_what_customers_sent()
    {
        var root = Path.Combine(_folder.Path, "data", "prediction-log");
        using var spool = Spool(folder: root);
        spool.Append(Rows(1));
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(root, "0")));
            Assert.NotEqual(Owner, File.GetUnixFileMode(root));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(_folder.Files("*.spool"))));
        }
    }

    [Fact]
    public void A_folder_that_is_none_is_refused_by_its_key()
    {
        var file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "");
        var refusal = Assert.Throws<OptionsValidationException>(() => Spool(folder: Path.Combine(file, "below")));
        Assert.Contains("Levee:PredictionLog:Folder", refusal.Message, StringComparison.Ordinal);
    }

    private static bool TryAppend(PredictionSpool spool, PredictionRow[] rows)
    {
        try
        {
            return spool.Append(rows) == rows.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static PredictionRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(_ => Prediction(Guid.CreateVersion7()))];

    private static Guid[] Ids(IEnumerable<PredictionRow> rows) => [.. rows.Select(row => row.PredictionId)];

    private static List<PredictionRow> Drain(PredictionSpool spool)
    {
        var rows = new List<PredictionRow>();
        while (spool.TakeOldest() is { } segment)
        {
            var file = File.ReadAllBytes(segment.Path);
            foreach (var part in SpoolFrame.Read(file))
            {
                Assert.Equal(SpoolPartKind.Payload, part.Kind);
                rows.Add(PredictionRowFormat.Read(file, part));
            }

            spool.RemoveTaken(isDamaged: false);
        }

        return rows;
    }

    private TemporaryFolder Copy()
    {
        var copy = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(copy.Path, "0"));
        foreach (var file in _folder.Files("*.spool"))
        {
            File.Copy(file, Path.Combine(copy.Path, "0", Path.GetFileName(file)));
        }

        return copy;
    }

    private PredictionSpool Spool(Action<PredictionLogOptions>? configure = null, string? folder = null, Func<string, Stream>? create = null)
    {
        var options = new PredictionLogOptions { Folder = folder ?? _folder.Path };
        configure?.Invoke(options);
        return new PredictionSpool(options, _time, create);
    }
}
