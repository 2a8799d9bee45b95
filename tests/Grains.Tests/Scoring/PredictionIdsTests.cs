using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Levee.Grains.Scoring;

namespace Levee.Grains.Tests.Scoring;

public sealed class PredictionIdsTests
{
    [Fact]
    public void Is_a_version_5_uuid_of_position_and_version()
    {
        var id = PredictionIds.ForRecord(3, 11, 4711, "v12");

        var name = new byte[16 + 16 + 3];
        Convert.FromHexString("6f0c7f0e5a554a6c9c1d3f0f6c1b7a52").CopyTo(name, 0);
        BinaryPrimitives.WriteInt32BigEndian(name.AsSpan(16), 3);
        BinaryPrimitives.WriteInt32BigEndian(name.AsSpan(20), 11);
        BinaryPrimitives.WriteInt64BigEndian(name.AsSpan(24), 4711);
        Encoding.ASCII.GetBytes("v12").CopyTo(name, 32);
        var hash = Convert.ToHexStringLower(SHA1.HashData(name));
        var variant = "89ab"[Convert.ToInt32(hash[16].ToString(), 16) & 3];
        Assert.Equal($"{hash[..8]}-{hash[8..12]}-5{hash[13..16]}-{variant}{hash[17..20]}-{hash[20..32]}", id.ToString());
    }

    [Fact]
    public void Differs_in_every_part_of_the_position()
    {
        Guid[] ids =
        [
            PredictionIds.ForRecord(1, 1, 1, "v1"),
            PredictionIds.ForRecord(2, 1, 1, "v1"),
            PredictionIds.ForRecord(1, 2, 1, "v1"),
            PredictionIds.ForRecord(1, 1, 2, "v1"),
            PredictionIds.ForRecord(1, 1, 1, "v2"),
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids[0], PredictionIds.ForRecord(1, 1, 1, "v1"));
    }
}
