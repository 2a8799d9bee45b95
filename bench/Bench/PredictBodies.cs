using System.Globalization;
using System.Text;

namespace Levee.Bench;

/// <summary>
/// The requests of both services: transactions of the customers and merchants of the simulated history, so that Levee's windows hold
/// something. They carry the two optional features, which the peer needs. The same in every run.
/// </summary>
internal static class PredictBodies
{
    private const int Count = 10_000;
    private const int Customers = 1_000;
    private const int Merchants = 500;

    public static IReadOnlyList<byte[]> Make()
    {
        var random = new Random(20240229);
        var bodies = new List<byte[]>(Count);
        for (var i = 0; i < Count; i++)
        {
            var amount = Math.Round(Math.Exp(3.5 + random.NextDouble() + random.NextDouble() - 1), 2);
            var average = Math.Round(Math.Exp(3.5 + random.NextDouble() - 0.5), 2);
            bodies.Add(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"customer_id":{{random.Next(1, Customers + 1)}},"merchant_id":{{random.Next(1, Merchants + 1)}},"amount":{{amount}},"transaction_count":{{random.Next(1, 4)}},"avg_amount":{{average}}}""")));
        }

        return bodies;
    }
}
