using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Levee.Grains.Scoring;

namespace Levee.Grains.Tests.Scoring;

public sealed class PredictionIdsTests
{
    private const long Time = 1_772_366_400_123_456;

    [Fact]
    public void Is_a_version_8_uuid_of_time_position_and_version()
    {
        var id = PredictionIds.ForRecord(Time, 3, 11, 4711, "v12");

        var name = new byte[16 + 16 + 3];
        Convert.FromHexString("6f0c7f0e5a554a6c9c1d3f0f6c1b7a52").CopyTo(name, 0);
        BinaryPrimitives.WriteInt32BigEndian(name.AsSpan(16), 3);
        BinaryPrimitives.WriteInt32BigEndian(name.AsSpan(20), 11);
        BinaryPrimitives.WriteInt64BigEndian(name.AsSpan(24), 4711);
        Encoding.ASCII.GetBytes("v12").CopyTo(name, 32);
        var hash = Convert.ToHexStringLower(SHA256.HashData(name));
        var time = (Time / 1_000).ToString("x12");
        var variant = "89ab"[Convert.ToInt32(hash[16].ToString(), 16) & 3];
        Assert.Equal($"{time[..8]}-{time[8..]}-8{hash[13..16]}-{variant}{hash[17..20]}-{hash[20..32]}", id.ToString());
    }

    [Fact]
    public void Differs_in_every_part_and_is_the_same_for_the_same()
    {
        Guid[] ids =
        [
            PredictionIds.ForRecord(Time, 1, 1, 1, "v1"),
            PredictionIds.ForRecord(Time + 1_000, 1, 1, 1, "v1"),
            PredictionIds.ForRecord(Time, 2, 1, 1, "v1"),
            PredictionIds.ForRecord(Time, 1, 2, 1, "v1"),
            PredictionIds.ForRecord(Time, 1, 1, 2, "v1"),
            PredictionIds.ForRecord(Time, 1, 1, 1, "v2"),
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids[0], PredictionIds.ForRecord(Time, 1, 1, 1, "v1"));
    }

    [Fact]
    public void Follows_the_time()
    {
        var ids = Enumerable.Range(0, 50).Select(n => PredictionIds.ForRecord(Time + (n * 1_000L), 1, n % 3, 1_000 - n, "v1")).ToList();
        Assert.Equal(ids.Select(id => id.ToString()), ids.Select(id => id.ToString()).Order(StringComparer.Ordinal));
    }
}
