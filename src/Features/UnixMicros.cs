namespace Levee.Features;

/// <summary>Event time as microseconds since the Unix epoch, UTC: what folds, windows and states use throughout.</summary>
public static class UnixMicros
{
    /// <summary>Microseconds in a second.</summary>
    public const long PerSecond = 1_000_000;

    /// <summary>Microseconds in a minute.</summary>
    public const long PerMinute = 60 * PerSecond;

    /// <summary>Microseconds in an hour.</summary>
    public const long PerHour = 60 * PerMinute;

    /// <summary>Microseconds in a day.</summary>
    public const long PerDay = 24 * PerHour;

    /// <summary>From a point in time; finer fractions than a microsecond are cut off.</summary>
    public static long FromDateTimeOffset(DateTimeOffset value) =>
        FloorDivide(value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond);

    /// <summary>To a point in time in UTC.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the years 1 to 9999.</exception>
    public static DateTimeOffset ToDateTimeOffset(long micros) =>
        new(DateTimeOffset.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>The greatest multiple of a length that is not after a time.</summary>
    public static long Floor(long micros, long length) => FloorDivide(micros, length) * length;

    /// <summary>Hour of the day (UTC), 0 to 23.</summary>
    public static int HourOfDay(long micros)
    {
        var hour = FloorDivide(micros, PerHour) % 24;
        return (int)(hour < 0 ? hour + 24 : hour);
    }

    /// <summary>Whether the hour of the day (UTC) is 0 to 6.</summary>
    public static bool IsNight(long micros) => HourOfDay(micros) <= 6;

    private static long FloorDivide(long value, long divisor)
    {
        var (quotient, rest) = Math.DivRem(value, divisor);
        return rest < 0 ? quotient - 1 : quotient;
    }
}
