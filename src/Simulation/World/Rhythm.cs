using Levee.Features;

namespace Levee.Simulation;

/// <summary>When people buy: little at night, most at noon and in the evening, more on Saturdays. Hours are UTC.</summary>
internal static class Rhythm
{
    /// <summary>How much earlier or later than the average a customer's day may be, in hours.</summary>
    public const int MaxHoursLater = 3;

    private static readonly double[] Hours =
    [
        0.22, 0.13, 0.08, 0.07, 0.09, 0.2, 0.5, 0.9, 1.1, 1.2, 1.3, 1.5, 1.7, 1.5, 1.3, 1.3, 1.5, 1.8, 1.9, 1.7, 1.4, 1.1, 0.8, 0.45,
    ];

    // From Thursday, the day of the Unix epoch, on.
    private static readonly double[] Days = [0.97, 1.12, 1.28, 0.94, 0.86, 0.9, 0.93];

    private static readonly double HourMean = Hours.Average();
    private static readonly double DayMean = Days.Average();
    private static readonly double[] BusiestNear = [.. Enumerable.Range(0, 24).Select(NearbyMaximum)];

    /// <summary>The volume of an hour relative to the mean of a week, which is 1.</summary>
    /// <param name="hour">Hours since the Unix epoch.</param>
    public static double Volume(long hour)
    {
        var day = (hour - HourOfDay(hour)) / 24;
        return Hours[HourOfDay(hour)] / HourMean * Days[(int)(((day % 7) + 7) % 7)] / DayMean;
    }

    /// <summary>How willing a customer is to buy in an hour compared with others, 0 to 1.</summary>
    public static double Willingness(Customer customer, long hour)
    {
        var own = HourOfDay(hour - customer.HoursLater);
        return Hours[own] / BusiestNear[HourOfDay(hour)];
    }

    /// <summary>Hours since the Unix epoch.</summary>
    public static long HourOf(long micros) => UnixMicros.Floor(micros, UnixMicros.PerHour) / UnixMicros.PerHour;

    /// <summary>0 to 23.</summary>
    public static int HourOfDay(long hour) => (int)(((hour % 24) + 24) % 24);

    private static double NearbyMaximum(int hour) =>
        Enumerable.Range(-MaxHoursLater, (2 * MaxHoursLater) + 1).Max(later => Hours[HourOfDay(hour - later)]);
}
