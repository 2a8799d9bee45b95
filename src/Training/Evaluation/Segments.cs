using System.Globalization;

namespace Levee.Training;

/// <summary>Tells rows apart: by month, amount, customer, time of day, and by currency, country and device where they are known.</summary>
internal static class Segments
{
    private const string Other = "other";
    private static readonly double[] AmountBands = [10, 50, 100, 250, 1_000];

    /// <summary>Every kind of segment with the rows of each.</summary>
    public static IEnumerable<(string Kind, string Name, List<int> Rows)> Of(
        IReadOnlyList<TrainingRow> rows, IReadOnlyList<string> featureNames, int most)
    {
        var names = featureNames.ToList();
        var (amount, count, night) = (names.IndexOf(SampleFactory.Amount), names.IndexOf("customer_transaction_count_30d"), names.IndexOf("is_night"));
        var kinds = new (string Kind, Func<TrainingRow, string?> Name, bool ByName)[]
        {
            ("month", row => Time(row).ToString("yyyy-MM", CultureInfo.InvariantCulture), true),
            ("amount", row => Band(row, amount), true),
            ("customer", row => count < 0 || float.IsNaN(row.Features[count]) ? null : row.Features[count] <= 1 ? "new" : "known", true),
            ("time of day", row => night < 0 || float.IsNaN(row.Features[night]) ? null : row.Features[night] > 0 ? "night" : "day", true),
            ("currency", row => row.Currency, false),
            ("country", row => row.Country, false),
            ("device", row => row.DeviceType, false),
        };
        foreach (var (kind, name, byName) in kinds)
        {
            var groups = Enumerable.Range(0, rows.Count)
                .Select(row => (Row: row, Name: name(rows[row])))
                .Where(row => row.Name is not null)
                .GroupBy(row => row.Name!, row => row.Row)
                .ToList();

            // One segment tells no more than the whole, but for the month.
            if (groups.Count < 2 && kind != "month")
            {
                continue;
            }

            var largest = groups.OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(most).ToList();
            foreach (var group in byName ? largest.OrderBy(group => group.Key, StringComparer.Ordinal) : largest.AsEnumerable())
            {
                yield return (kind, group.Key, [.. group]);
            }

            if (groups.Count > largest.Count)
            {
                yield return (kind, Other, [.. groups.Except(largest).SelectMany(group => group).Order()]);
            }
        }
    }

    private static DateTimeOffset Time(TrainingRow row) => DateTimeOffset.UnixEpoch.AddMicroseconds(row.EventTimeMicros);

    // The number in front keeps the bands in order.
    private static string? Band(TrainingRow row, int amount)
    {
        if (amount < 0 || float.IsNaN(row.Features[amount]))
        {
            return null;
        }

        var band = Array.FindIndex(AmountBands, limit => row.Features[amount] < limit);
        return band switch
        {
            0 => $"1: below {AmountBands[0]}",
            < 0 => $"{AmountBands.Length + 1}: from {AmountBands[^1]}",
            _ => $"{band + 1}: {AmountBands[band - 1]} to {AmountBands[band]}",
        };
    }
}
