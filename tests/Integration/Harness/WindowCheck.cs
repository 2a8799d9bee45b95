using Levee.Features;
using Levee.Features.Oracle;
using Levee.Features.Tests.Windows;
using Levee.Storage;

namespace Levee.Integration.Harness;

/// <summary>
/// Compares the stored windows of every customer and merchant with the naive oracle, fed with what was produced in the order of the stored sequences.
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
    public static async Task<IReadOnlyList<string>> FindDifferencesAsync(
        string connectionString, ProducedStream produced, IReadOnlyDictionary<Guid, long> sequences)
    {
        await using var source = StorageServiceCollectionExtensions.CreateSource(connectionString);
        var states = new GrainStateStore(source);
        var differences = new List<string>();
        foreach (var own in produced.InOrder.GroupBy(t => t.CustomerId))
        {
            var stored = await states.ReadAsync(GrainKind.Customer, own.Key, CancellationToken.None);
            differences.AddRange(stored is null ? [$"customer {own.Key} has no state"] : Customer(stored, [.. own.OrderBy(t => sequences[t.TransactionId])]));
        }

        foreach (var own in produced.InOrder.GroupBy(t => t.MerchantId))
        {
            var stored = await states.ReadAsync(GrainKind.Merchant, own.Key, CancellationToken.None);
            differences.AddRange(stored is null ? [$"merchant {own.Key} has no state"] : Merchant(stored, [.. own]));
        }

        return [.. differences.Take(MaxDifferences)];
    }

    // Asked about some of the customer's own transactions, each at its own time and with what came later, and about one to come.
    private static IEnumerable<string> Customer(StoredState stored, Transaction[] own)
    {
        var window = CustomerWindow.Deserialize(stored.Snapshot);
        foreach (var delta in stored.Deltas)
        {
            CustomerDelta.Replay(delta, window);
        }

        var oracle = new NaiveCustomer(new CustomerWindowOptions().MaxExactEvents, Fault.None);
        foreach (var transaction in own)
        {
            oracle.Fold(transaction, long.MinValue);
        }

        var newest = own.MaxBy(t => t.EventTimeMicros)!;
        var probes = own.Where((_, index) => index % Math.Max(1, own.Length / Probes) == 0)
            .Append(newest with { TransactionId = Guid.Empty, EventTimeMicros = newest.EventTimeMicros + (30 * UnixMicros.PerSecond) });
        var vector = new double[FeatureList.All.Count];
        foreach (var probe in probes)
        {
            FeatureList.All.Compute(probe, window, default, vector);
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

    private static IEnumerable<string> Merchant(StoredState stored, Transaction[] own)
    {
        var window = MerchantWindow.Deserialize(stored.Snapshot);
        foreach (var delta in stored.Deltas)
        {
            MerchantDelta.Replay(delta, window);
        }

        var options = new MerchantWindowOptions();
        var oracle = new NaiveMerchant(options.MaxExactEvents, options.MaxIds, Fault.None);
        foreach (var transaction in own)
        {
            oracle.Fold(transaction);
        }

        var matured = own.Max(t => t.EventTimeMicros) + (7 * UnixMicros.PerDay);
        foreach (var at in MerchantDelays.Select(delay => matured + delay))
        {
            var cents = own[^1].BaseCents;
            var (expected, actual) = (oracle.Snapshot(at, cents), window.Snapshot(at, cents));
            if (expected != actual)
            {
                yield return $"merchant {own[0].MerchantId} at {at}: {actual} instead of {expected}";
            }
        }
    }
}
