using CsCheck;

namespace Levee.Storage.Tests.Predictions;

/// <summary>Whatever happens to a file of frames: each frame that is still whole is found, and nothing else passes for one.</summary>
public sealed class SpoolFrameTests
{
    private static readonly byte[][] Three = [[1, 2, 3], [], [.. Enumerable.Range(0, 40).Select(i => (byte)i)]];

    [Theory]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("", 0u)]
    public void The_check_is_CRC_32C(string text, uint expected) => Assert.Equal(expected, Crc32C.Compute(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_check_of_zeros_is_that_of_the_standard() => Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));

    [Fact]
    public void What_was_written_is_read()
    {
        Assert.Equal(Three, Payloads(File(Three)));
        Assert.Empty(SpoolFrame.Read(ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public void A_file_that_ends_at_any_byte_has_the_frames_before_it_and_at_most_a_torn_end()
    {
        var file = File(Three);
        int[] ends = [.. Three.Select((_, i) => File(Three[..(i + 1)]).Length)];
        for (var length = 0; length <= file.Length; length++)
        {
            var cut = file[..length];
            Assert.Equal(Three[..ends.Count(end => end <= length)], Payloads(cut));
            var rest = SpoolFrame.Read(cut).Where(part => part.Kind != SpoolPartKind.Payload).ToArray();
            var isTorn = length > 0 && !ends.Contains(length);
            Assert.Equal(isTorn ? [SpoolPartKind.Torn] : [], rest.Select(part => part.Kind));
        }
    }

    [Fact]
    public void One_changed_bit_anywhere_costs_its_own_frame_only()
    {
        var file = File(Three);
        int[] ends = [.. Three.Select((_, i) => File(Three[..(i + 1)]).Length)];
        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            var damaged = file.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            var hit = Array.FindIndex(ends, end => bit / 8 < end);
            Assert.Equal(Three.Where((_, i) => i != hit), Payloads(damaged));
            var bad = Assert.Single(SpoolFrame.Read(damaged), part => part.Kind != SpoolPartKind.Payload);
            var start = hit == 0 ? 0 : ends[hit - 1];
            Assert.Equal((SpoolPartKind.Corrupt, start, ends[hit] - start), (bad.Kind, bad.Start, bad.Length));
        }
    }

    [Fact]
    public void Zeros_at_the_end_as_after_a_power_failure_are_no_frames()
    {
        byte[] file = [.. File(Three), .. new byte[5_000]];
        Assert.Equal(Three, Payloads(file));
        Assert.Equal(SpoolPartKind.Corrupt, SpoolFrame.Read(file).Last().Kind);
    }

    [Fact]
    public void Any_damage_leaves_only_frames_that_were_written() =>
        Gen.Select(Gen.Byte.Array[0, 60].Array[1, 8], Gen.Int[0, 600], Gen.Byte.Array[0, 30], Gen.Int[0, 40]).Sample((payloads, at, noise, removed) =>
        {
            var file = File(payloads);
            at %= file.Length + 1;
            byte[] damaged = [.. file[..at], .. noise, .. file[Math.Min(file.Length, at + removed)..]];
            var found = Payloads(damaged);

            // In order, each one of the written, and all that lie wholly before the damage or behind it.
            var next = 0;
            foreach (var payload in found)
            {
                next = Array.FindIndex(payloads, next, one => one.AsSpan().SequenceEqual(payload)) + 1;
                Assert.NotEqual(0, next);
            }

            int[] ends = [.. payloads.Select((_, i) => File(payloads[..(i + 1)]).Length)];
            var untouched = ends.Where((end, i) => end <= at || end - payloads[i].Length - SpoolFrame.HeaderBytes >= at + removed).Count();
            Assert.True(found.Length >= untouched, $"{found.Length} of {untouched}");
            Assert.Equal(damaged.Length, Covered(damaged));
        });

    private static byte[] File(byte[][] payloads)
    {
        using var file = new MemoryStream();
        Span<byte> header = stackalloc byte[SpoolFrame.HeaderBytes];
        foreach (var payload in payloads)
        {
            SpoolFrame.WriteHeader(header, payload);
            file.Write(header);
            file.Write(payload);
        }

        return file.ToArray();
    }

    private static byte[][] Payloads(byte[] file) =>
    [
        .. SpoolFrame.Read(file).Where(part => part.Kind == SpoolPartKind.Payload).Select(part => file[part.Start..(part.Start + part.Length)]),
    ];

    private static int Covered(byte[] file) =>
        SpoolFrame.Read(file).Sum(part => part.Length + (part.Kind == SpoolPartKind.Payload ? SpoolFrame.HeaderBytes : 0));
}
