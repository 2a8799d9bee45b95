using CsCheck;

namespace Levee.Features.Tests;

public sealed class UnixMicrosTests
{
    [Fact]
    public void A_time_survives_the_way_there_and_back() =>
        Gen.Long[-62_135_596_800_000_000, 253_402_300_799_999_999].Sample(
            micros => Assert.Equal(micros, UnixMicros.FromDateTimeOffset(UnixMicros.ToDateTimeOffset(micros))));

    [Fact]
    public void Finer_fractions_are_cut_off_also_before_1970()
    {
        Assert.Equal(0, UnixMicros.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddTicks(9)));
        Assert.Equal(-1, UnixMicros.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddTicks(-1)));
    }

    [Fact]
    public void Floor_is_the_multiple_below() =>
        Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.Long[1, 1_000_000_000]).Sample((micros, length) =>
        {
            var floor = UnixMicros.Floor(micros, length);
            Assert.Equal(0, floor % length);
            Assert.InRange(micros - floor, 0, length - 1);
        });
}
