using Levee.Features;
using Levee.Training;

namespace Levee.Bench.Infer;

/// <summary>
/// Rows as wide as Levee's own, made from a seed: amounts and ratios with long tails, counts, flags, and a tenth of the ratios missing.
/// Fraud depends on many of them together, so that trees grow to all the leaves that they may have.
/// </summary>
internal static class InferRows
{
    private const long Day = 86_400_000_000;
    private const int Days = 60;

    public static int Columns { get; } = FeatureList.Default.Count;

    public static string[] Names { get; } = [.. FeatureList.Default.Features.Select(feature => feature.Name)];

    public static List<TrainingRow> Make(int count, int seed)
    {
        var random = new Random(seed);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000;
        var rows = new List<TrainingRow>(count);
        for (var i = 0; i < count; i++)
        {
            var vector = new float[Columns];
            var risk = -3.0;
            for (var feature = 0; feature < vector.Length; feature++)
            {
                var draw = random.NextDouble();
                vector[feature] = (feature % 4) switch
                {
                    0 => (float)Math.Exp(6 * draw),
                    1 => (int)(40 * draw * draw),
                    2 => draw < 0.3 ? 1 : 0,
                    _ => random.Next(10) == 0 ? float.NaN : (float)(1 / (0.05 + draw)),
                };
                risk += feature % 3 == 0 ? Math.Sin((7 * draw) + feature) * (0.4 + (draw > 0.8 ? 0.6 : 0)) : 0;
            }

            var fraud = random.NextDouble() < 1 / (1 + Math.Exp(-risk));
            var time = start + (long)((double)i / count * Days * Day);
            rows.Add(new TrainingRow(new Guid(i + 1, 0, 0, new byte[8]), time, 1 + random.Next(500), fraud, vector));
        }

        return rows;
    }
}
