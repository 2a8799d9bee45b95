using Levee.Features;

namespace Levee.Training.Tests;

/// <summary>Transactions of a few customers and merchants over some weeks, in time order, with frauds and their label histories.</summary>
internal static class SyntheticTransactions
{
    public static readonly long Start = UnixMicros.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static List<Transaction> Make(int count, int days, int seed)
    {
        var random = new Random(seed);
        var times = Enumerable.Range(0, count).Select(_ => Start + random.NextInt64(days * UnixMicros.PerDay)).Order().ToList();
        return [.. times.Select(time => Make(random, time))];
    }

    public static Transaction Make(Random random, long time)
    {
        var id = new byte[16];
        random.NextBytes(id);
        var cents = random.Next(1, 50_000);
        return new Transaction
        {
            TransactionId = new Guid(id),
            CustomerId = random.Next(1, 8),
            MerchantId = random.Next(1, 5),
            Amount = cents / 100m,
            Currency = "EUR",
            BaseCents = cents,
            EventTimeMicros = time,
            IsFraud = random.Next(20) == 0 ? true : null,
            Country = random.Next(3) == 0 ? "FR" : "DE",
        };
    }

    /// <summary>Histories with early labels, late labels and corrections.</summary>
    public static Dictionary<Guid, LabelHistory> Labels(IEnumerable<Transaction> transactions, int seed)
    {
        var random = new Random(seed);
        var labels = new Dictionary<Guid, LabelHistory>();
        foreach (var transaction in transactions)
        {
            var observations = new List<LabelObservation>();
            if (transaction.IsFraud is { } early)
            {
                observations.Add(new LabelObservation(early, transaction.EventTimeMicros));
            }

            for (var n = random.Next(-6, 3); n > 0; n--)
            {
                observations.Add(new LabelObservation(
                    random.Next(3) > 0, transaction.EventTimeMicros + random.NextInt64(25 * UnixMicros.PerDay)));
            }

            if (observations.Count > 0)
            {
                labels.Add(
                    transaction.TransactionId,
                    new LabelHistory(transaction.TransactionId, transaction.EventTimeMicros, observations)
                    {
                        BaseCents = transaction.BaseCents,
                    });
            }
        }

        return labels;
    }
}
