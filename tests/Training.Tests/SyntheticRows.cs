namespace Levee.Training.Tests;

/// <summary>Rows with a signal that trees can learn: fraud grows with the amount, is common at night, and needs a missing habit.</summary>
internal static class SyntheticRows
{
    public const int Columns = 8;
    public static readonly string[] Names = ["amount", "night", "count", "ratio", "gap", "noise", "sparse", "constant"];
    public const string Hash = "test-feature-hash";
    public static readonly long Start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;

    public const long Day = 86_400_000_000;

    public static List<TrainingRow> Make(int count, int days, int seed = 7, double shift = 0)
    {
        var random = new Random(seed);
        var rows = new List<TrainingRow>(count);
        for (var i = 0; i < count; i++)
        {
            var amount = (float)Math.Round(Math.Exp(3 + random.NextDouble() * 3), 2);
            var night = random.Next(4) == 0 ? 1f : 0f;
            var missing = random.Next(5) == 0;
            var ratio = missing ? float.NaN : (float)(random.NextDouble() * 4);
            var gap = random.Next(3) == 0 ? float.NaN : random.Next(100);
            var logit = -5 + (0.004 * amount) + (1.5 * night) + (missing ? 2 : ratio > 3 ? 1.5 : 0) + shift;
            var fraud = random.NextDouble() < 1 / (1 + Math.Exp(-logit));
            var id = new byte[16];
            random.NextBytes(id);
            rows.Add(new TrainingRow(
                new Guid(id),
                Start + (long)((double)i / count * days * Day),
                random.Next(1, 300),
                fraud,
                [amount, night, random.Next(30), ratio, gap, (float)random.NextDouble(), random.Next(10) == 0 ? amount : 0, 1]));
        }

        return rows;
    }
}
