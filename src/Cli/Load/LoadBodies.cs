using System.Globalization;
using System.Text;

namespace Levee.Cli.Load;

/// <summary>The transactions that are sent, one after the other and again from the start. The same in every run.</summary>
internal static class LoadBodies
{
    private const int Count = 10_000;
    private const int Merchants = 500;
    private const int Seed = 20260131;

    public static byte[][] Make(int customers)
    {
        var random = new Random(Seed);
        var bodies = new byte[Count][];
        for (var i = 0; i < bodies.Length; i++)
        {
            var amount = Math.Round(Math.Exp(2.5 + (2 * random.NextDouble())), 2);
            bodies[i] = Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"customer_id":{{random.Next(1, customers + 1)}},"merchant_id":{{random.Next(1, Merchants + 1)}},"amount":{{amount}}}"""));
        }

        return bodies;
    }
}
