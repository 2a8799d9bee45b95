using Levee.Models;

namespace Levee.Training.Tests;

public sealed class ProbeRowsTests
{
    [Fact]
    public void The_first_half_is_as_the_data_and_shows_no_drift_of_it()
    {
        const int count = 10_000;
        var rows = SyntheticRows.Make(5_000, 10);
        var known = rows.Select(row => string.Join(' ', row.Features)).ToHashSet(StringComparer.Ordinal);

        var probe = ProbeRows.Make(rows, [], count, seed: 4, isTrees: true);

        var real = ProbeSet.RealRowsOf(count);
        Assert.All(probe.Take(real), row => Assert.Contains(string.Join(' ', row), known));
        Assert.InRange(probe.Skip(real).Count(row => !known.Contains(string.Join(' ', row))), count / 3, count / 2);
        for (var feature = 0; feature < SyntheticRows.Columns; feature++)
        {
            Assert.InRange(
                PopulationStability.Index(
                    probe.Take(real).Select(row => row[feature]).ToArray(), rows.Select(row => row.Features[feature]).ToArray()),
                0,
                0.1);
        }
    }
}
