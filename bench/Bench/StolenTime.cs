using System.Globalization;

namespace Levee.Bench;

/// <summary>
/// The processors' time that the hypervisor gave to other machines although this one had work (steal of /proc/stat). 0 on a machine of its own.
/// </summary>
internal sealed class StolenTime
{
    private const int StealField = 7;

    // Guests' time, which comes after steal, is in user time already.
    private const int Fields = 8;

    private (long Stolen, long All) _last = Read();

    /// <summary>Percent of all processors' time since the last call, or since this was made.</summary>
    public double PercentSinceLast()
    {
        var (last, now) = (_last, Read());
        _last = now;
        return 100.0 * (now.Stolen - last.Stolen) / Math.Max(1, now.All - last.All);
    }

    private static (long Stolen, long All) Read()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Take(Fields).Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (ticks[StealField], ticks.Sum());
    }
}
