using System.Globalization;

namespace Levee.Bench;

/// <summary>CPU time that processes and all their descendants have used, from /proc.</summary>
internal sealed class CpuMeter(params int[] roots)
{
    private const double TicksPerSecond = 100; // USER_HZ, which Linux shows to programs as 100 whatever its own is.

    private double _startedAt;

    /// <summary>Begins to count.</summary>
    public void Start() => _startedAt = Seconds();

    /// <summary>CPU seconds since <see cref="Start"/>.</summary>
    public double Elapsed() => Seconds() - _startedAt;

    /// <summary>CPU microseconds since <see cref="Start"/> for each of a number of events.</summary>
    public double MicrosecondsEach(long events) => (Seconds() - _startedAt) * 1e6 / events;

    private double Seconds()
    {
        var parents = new Dictionary<int, int>();
        var ticks = new Dictionary<int, long>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && Read(folder) is { } stat)
            {
                (parents[id], ticks[id]) = stat;
            }
        }

        return ticks.Where(process => IsOurs(process.Key, parents)).Sum(process => process.Value) / TicksPerSecond;
    }

    private bool IsOurs(int id, Dictionary<int, int> parents)
    {
        for (var current = id; current > 1; current = parents.GetValueOrDefault(current))
        {
            if (roots.Contains(current))
            {
                return true;
            }
        }

        return false;
    }

    // A process that has ended meanwhile is in its parent's figures. Its name, in brackets, may hold spaces.
    private static (int Parent, long Ticks)? Read(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
