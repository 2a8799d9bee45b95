using System.Text;
using Levee.Features;

namespace Levee.Integration.Harness;

/// <summary>
/// A stream made for the test rather than by the simulator: few customers, so that minutes hold several transactions, and event times
/// that move twenty minutes, so that some events are really late.
/// </summary>
internal static class PlannedMessages
{
    private const int Customers = 400;
    private const int Merchants = 60;
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(20);

    private static readonly string[] Poison =
    [
        "not json", "{}", """{"transaction_id":"x"}""", "[]", "", """{"transaction_id":"0b8bd6a5-35a4-4b7c-9b5e-1f6f8f0f9f10","customer_id":-1}""",
    ];

    public static IEnumerable<PlannedMessage> Of(StreamPlan plan, DateTimeOffset now)
    {
        var random = new Random(plan.Seed);
        var end = UnixMicros.FromDateTimeOffset(now - plan.EndsAgo);
        var start = end - (Span.Ticks / TimeSpan.TicksPerMicrosecond);
        var recent = new List<PlannedMessage>();
        for (var i = 0; i < plan.Count; i++)
        {
            var at = start + ((end - start) * i / plan.Count);
            if (random.NextDouble() < plan.LateShare)
            {
                at -= random.NextInt64(30, 600) * UnixMicros.PerSecond;
            }

            var transaction = Transaction(random, at);
            var message = new PlannedMessage(transaction.CustomerId, transaction, TransactionJson.Write(transaction));
            recent.Add(message);
            yield return message;

            if (random.NextDouble() < plan.DuplicateShare)
            {
                yield return recent[random.Next(Math.Max(0, recent.Count - 500), recent.Count)];
            }

            if (random.NextDouble() < plan.PoisonShare)
            {
                yield return new PlannedMessage(null, null, Encoding.UTF8.GetBytes(Poison[random.Next(Poison.Length)]));
            }
        }
    }

    private static Transaction Transaction(Random random, long at)
    {
        var id = new byte[16];
        random.NextBytes(id);
        var cents = random.NextInt64(1, 500_00);
        return new Transaction
        {
            TransactionId = new Guid(id),
            CustomerId = random.Next(1, Customers + 1),
            MerchantId = random.Next(1, Merchants + 1),
            Amount = cents / 100m,
            Currency = "EUR",
            BaseCents = cents,
            EventTimeMicros = at,
            CardLast4 = random.Next(2) == 0 ? null : $"{random.Next(10_000):D4}",
            IsFraud = random.Next(10) switch { 0 => true, 1 => false, _ => null },
            Country = random.Next(3) == 0 ? null : "ES",
            DeviceType = random.Next(3) == 0 ? null : "mobile",
        };
    }
}
