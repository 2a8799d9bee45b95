using System.Security.Cryptography;
using Levee.Features;

namespace Levee.Simulation.Tests;

public sealed class DeterminismTests
{
    // The SHA-256 of the first 10,000 messages with the default settings: what seed 42 means, on every machine. It changes only with a
    // deliberate change of the simulation.
    private const string Expected = "7cdfdaf15f91689006814dc168518b79e62c025246a3d979a9ae75cdf3ca23ca";

    [Fact]
    public void The_same_seed_gives_the_same_bytes_as_ever()
    {
        var digest = Digest(new SimulationOptions());

        Assert.Equal(digest, Digest(new SimulationOptions()));
        Assert.True(digest == Expected, digest);
    }

    [Fact]
    public void Another_seed_gives_other_transactions()
    {
        var ids = Histories.Default.Select(s => s.Transaction.TransactionId).ToHashSet();
        var other = Histories.Of(o => o.Seed = 43);

        Assert.NotEqual(Expected, Digest(new SimulationOptions { Seed = 43 }));
        Assert.DoesNotContain(other, s => ids.Contains(s.Transaction.TransactionId));
    }

    [Fact]
    public void A_longer_history_begins_with_the_shorter_one()
    {
        var shorter = Histories.Of(o => o.Days = 10);

        Assert.Equal(shorter.Select(Describe), Histories.Default.Take(shorter.Length).Select(Describe));
    }

    [Fact]
    public void A_piece_of_the_history_is_made_without_what_is_before_it()
    {
        var from = UnixMicros.FromDateTimeOffset(new DateTimeOffset(2026, 1, 20, 7, 31, 12, TimeSpan.Zero));
        var to = from + (2 * UnixMicros.PerDay) + 77;

        var piece = new TransactionSimulator(new SimulationOptions()).History(from, to).ToList();

        var expected = Histories.Default.Where(s => s.Transaction.EventTimeMicros >= from && s.Transaction.EventTimeMicros < to);
        Assert.Equal(expected.Select(Describe), piece.Select(Describe));
        Assert.Contains(piece, s => s.IsFraud);
    }

    [Fact]
    public void A_live_stream_that_begins_at_the_same_time_is_the_same()
    {
        var start = UnixMicros.FromDateTimeOffset(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

        var first = Live(start);

        Assert.Equal(first, Live(start));
        Assert.Empty(first.Intersect(Live(start + 1)));

        static string[] Live(long start) =>
            [.. new TransactionSimulator(new SimulationOptions()).Live(start, 50).Take(2_000).Select(Describe)];
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 300)]
    [InlineData(300, 1)]
    public void Very_few_customers_or_merchants_are_simulated_too(int customers, int merchants)
    {
        var history = Histories.Of(o => (o.Customers, o.Merchants, o.FraudRate, o.Days) = (customers, merchants, 0.1, 300));

        Assert.All(history, s => Assert.InRange(s.Transaction.CustomerId, 1, customers));
        Assert.All(history, s => Assert.InRange(s.Transaction.MerchantId, 1, merchants));
        Assert.Contains(history, s => s.IsFraud);
    }

    private static string Digest(SimulationOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var delivery in TransactionSimulator.Deliver(new TransactionSimulator(options).History()).Take(10_000))
        {
            hash.AppendData(TransactionJson.Write(delivery.Simulated.Transaction));
            hash.AppendData(BitConverter.GetBytes(delivery.ArrivalMicros));
            foreach (var label in delivery.Simulated.Labels)
            {
                hash.AppendData(LabelJson.Write(delivery.Simulated.Transaction.TransactionId, label));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Describe(SimulatedTransaction s) =>
        $"{s.Transaction} {s.Kind} {s.ArrivalDelayMicros} {s.RepeatDelayMicros} {string.Join(',', s.Labels)}";
}
