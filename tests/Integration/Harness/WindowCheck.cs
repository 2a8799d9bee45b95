using Dapper;
using Levee.Features;
using Levee.Features.Tests.Oracle;
using Levee.Features.Tests.Windows;
using Npgsql;

namespace Levee.Integration.Harness;

/// <summary>
/// Compares the stored windows of every customer and merchant with the naive oracle, fed with what was produced in its order on the topic.
/// </summary>
internal static class WindowCheck
{
    private const int Probes = 5;
    private const int MaxDifferences = 20;

    private static readonly long[] MerchantDelays =
    [
        -UnixMicros.PerHour, 0, UnixMicros.PerMinute, 10 * UnixMicros.PerMinute, UnixMicros.PerHour, UnixMicros.PerDay, 8 * UnixMicros.PerDay,
    ];

    /// <summary>The first differences, in words; empty when all windows agree.</summary>
    public static async Task<IReadOnlyList<string>> FindDifferencesAsync(NpgsqlConnection connection, ProducedStream produced)
    {
        var differences = new List<string>();
        var customers = await ReadAsync(connection, "SELECT customer_id, state FROM customer_state");
        foreach (var own in produced.InOrder.GroupBy(t => t.CustomerId))
        {
            differences.AddRange(customers.TryGetValue(own.Key, out var state) ? Customer(state, [.. own]) : [$"customer {own.Key} has no state"]);
        }

        var merchants = await ReadAsync(connection, "SELECT merchant_id, state FROM merchant_state");
        foreach (var own in produced.InOrder.GroupBy(t => t.MerchantId))
        {
            differences.AddRange(merchants.TryGetValue(own.Key, out var state) ? Merchant(state, [.. own]) : [$"merchant {own.Key} has no state"]);
        }

        return [.. differences.Take(MaxDifferences)];
    }

    // Asked about some of the customer's own transactions, each at its own time and with what came later, and about one to come.
    private static IEnumerable<string> Customer(byte[] state, Transaction[] own)
    {
        var window = CustomerWindow.Deserialize(state);
        var oracle = new NaiveCustomer(new CustomerWindowOptions().MaxExactEvents, Fault.None);
        foreach (var transaction in own)
        {
            oracle.Fold(transaction, long.MinValue);
        }

        var newest = own.MaxBy(t => t.EventTimeMicros)!;
        var probes = own.Where((_, index) => index % Math.Max(1, own.Length / Probes) == 0)
            .Append(newest with { TransactionId = Guid.Empty, EventTimeMicros = newest.EventTimeMicros + (30 * UnixMicros.PerSecond) });
        var vector = new double[FeatureList.Default.Count];
        foreach (var probe in probes)
        {
            FeatureList.Default.Compute(probe, window, default, vector);
            foreach (var (name, expected) in oracle.Features(probe))
            {
                if (!CustomerFeatures.Same(expected, vector[CustomerFeatures.IndexOf(name)]))
                {
                    yield return FormattableString.Invariant(
                        $"customer {probe.CustomerId}, {probe.TransactionId}: {name} is {vector[CustomerFeatures.IndexOf(name)]:R} instead of {expected:R}");
                }
            }
        }
    }

    private static IEnumerable<string> Merchant(byte[] state, Transaction[] own)
    {
        var window = MerchantWindow.Deserialize(state);
        var options = new MerchantWindowOptions();
        var oracle = new NaiveMerchant(options.MaxExactEvents, options.MaxIds, Fault.None);
        foreach (var transaction in own)
        {
            oracle.Fold(transaction);
        }

        var matured = own.Max(t => t.EventTimeMicros) + (7 * UnixMicros.PerDay);
        foreach (var at in MerchantDelays.Select(delay => matured + delay))
        {
            var (expected, actual) = (oracle.Snapshot(at), window.Snapshot(at));
            if (expected != actual)
            {
                yield return $"merchant {own[0].MerchantId} at {at}: {actual} instead of {expected}";
            }
        }
    }

    private static async Task<Dictionary<long, byte[]>> ReadAsync(NpgsqlConnection connection, string query) =>
        (await connection.QueryAsync<(long, byte[])>(query)).ToDictionary();
}
