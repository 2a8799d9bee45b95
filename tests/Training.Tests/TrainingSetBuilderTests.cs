using System.Runtime.InteropServices;
using Levee.Features;

namespace Levee.Training.Tests;

public sealed class TrainingSetBuilderTests
{
    private const long Never = long.MaxValue / 2;

    private static readonly List<Transaction> Transactions = SyntheticTransactions.Make(2_500, 60, seed: 1);

    private static readonly Dictionary<Guid, LabelHistory> NoLabels = [];

    private static readonly Dictionary<Guid, LabelHistory> Labels = SyntheticTransactions.Labels(Transactions, seed: 2);

    [Fact]
    public void Vectors_equal_those_of_live_windows_that_learn_labels_only_when_they_are_observed()
    {
        var rows = Build(Transactions, Labels);
        var customers = new Dictionary<long, CustomerWindow>();
        var merchants = new Dictionary<long, MerchantWindow>();
        var known = new Dictionary<Guid, LabelHistory>();
        var news = new Queue<(long Observed, Transaction Transaction)>(Labels.Values
            .SelectMany(h => h.Observations.Select(o => (o.ObservedMicros, Transactions.Single(t => t.TransactionId == h.TransactionId))))
            .OrderBy(n => n.ObservedMicros));
        Assert.Equal(Transactions.Count, rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var transaction = Transactions[i];
            var now = transaction.EventTimeMicros;
            var customer = Get(customers, transaction.CustomerId, id => new CustomerWindow(id));
            var merchant = Get(merchants, transaction.MerchantId, id => new MerchantWindow(id));
            customer.Fold(transaction, now);
            merchant.Fold(transaction);
            while (news.TryPeek(out var item) && item.Observed <= now)
            {
                news.Dequeue();
                var full = Labels[item.Transaction.TransactionId];
                known[full.TransactionId] = full with { Observations = [.. full.Observations.Where(o => o.ObservedMicros <= now)] };
                Get(merchants, item.Transaction.MerchantId, id => new MerchantWindow(id)).ApplyLabels(known[full.TransactionId]);
            }

            var vector = new float[FeatureList.Default.Count];
            FeatureList.Default.Compute(transaction, customer, merchant.Snapshot(now, transaction.BaseCents), vector);
            AssertSameBits(vector, rows[i].Features);
        }

        Assert.Contains(rows, r => r.Features[IndexOf("merchant_fraud_rate_30d")] > 0);
    }

    [Theory]
    [InlineData(700)]
    [InlineData(1_400)]
    [InlineData(2_100)]
    public void Nothing_that_happens_after_a_transaction_changes_its_vector(int index)
    {
        var now = Transactions[index].EventTimeMicros;
        var before = Transactions.Take(index + 1).ToList();
        var observed = Labels.Values
            .Select(h => h with { Observations = [.. h.Observations.Where(o => o.ObservedMicros <= now)] })
            .Where(h => h.Observations.Count > 0)
            .ToDictionary(h => h.TransactionId);
        var planted = Labels.ToDictionary();
        foreach (var transaction in before.Where(t => t.EventTimeMicros + LabelHistory.DelayMicros <= now))
        {
            var history = observed.GetValueOrDefault(transaction.TransactionId)
                ?? new LabelHistory(transaction.TransactionId, transaction.EventTimeMicros, []);
            planted[transaction.TransactionId] = history with { Observations = [.. history.Observations, new LabelObservation(true, now + 1)] };
        }

        var expected = Build(before, observed)[index].Features;
        AssertSameBits(expected, Build(Transactions, Labels)[index].Features);
        AssertSameBits(expected, Build(Transactions, planted)[index].Features);
    }

    [Fact]
    public void A_label_becomes_visible_to_its_merchant_after_the_delay()
    {
        var random = new Random(3);
        var fraud = SyntheticTransactions.Make(random, SyntheticTransactions.Start) with { MerchantId = 1, IsFraud = null };
        var early = SyntheticTransactions.Make(random, fraud.EventTimeMicros + LabelHistory.DelayMicros - 1) with { MerchantId = 1 };
        var visible = SyntheticTransactions.Make(random, fraud.EventTimeMicros + LabelHistory.DelayMicros) with { MerchantId = 1 };
        var labels = new Dictionary<Guid, LabelHistory>
        {
            [fraud.TransactionId] = new(fraud.TransactionId, fraud.EventTimeMicros, [new(true, fraud.EventTimeMicros + 5)]),
        };

        var rows = Build([fraud, early, visible], labels);
        var rate = IndexOf("merchant_fraud_rate_7d");
        Assert.Equal([0f, 0f, 1f], rows.Select(r => r.Features[rate]));
    }

    [Fact]
    public void The_target_is_what_is_known_as_of_the_given_time_and_immature_rows_are_left_out()
    {
        var asOf = SyntheticTransactions.Start + (40 * UnixMicros.PerDay);
        var rows = Build(Transactions, Labels, asOf);
        var mature = Transactions.Where(t => t.EventTimeMicros + LabelHistory.DelayMicros <= asOf).ToList();

        Assert.Equal(mature.Select(t => t.TransactionId), rows.Select(r => r.TransactionId));
        Assert.All(rows, row => Assert.Equal(
            Labels.TryGetValue(row.TransactionId, out var history) && history.IsFraudAt(asOf), row.IsFraud));
        var later = Build(Transactions, Labels, Never);
        Assert.Contains(rows.Zip(later), p => p.First.IsFraud != p.Second.IsFraud);
    }

    [Fact]
    public void Without_a_history_the_early_label_counts()
    {
        var rows = Build(Transactions, NoLabels);
        Assert.Equal(Transactions.Select(t => t.IsFraud == true), rows.Select(r => r.IsFraud));
    }

    [Fact]
    public void Rows_may_begin_later_than_the_windows()
    {
        var from = SyntheticTransactions.Start + (30 * UnixMicros.PerDay);
        var rows = TrainingSetBuilder.Build(
            Transactions, Labels, Never, FeatureList.Default, out _, new TrainingSetOptions { RowsFromMicros = from });
        var expected = Build(Transactions, Labels).Where(r => r.EventTimeMicros >= from).ToList();

        Assert.Equal(expected.Count, rows.Count);
        Assert.All(expected.Zip(rows), p => AssertSameBits(p.First.Features, p.Second.Features));
    }

    [Fact]
    public void Minutes_and_rows_for_storage_equal_a_naive_count_also_with_late_and_repeated_transactions()
    {
        var random = new Random(8);
        var arrivals = new List<Transaction>();
        for (var i = 0; i < 3_000; i++)
        {
            // A burst in half an hour, so that minutes hold several; some arrive minutes late, some twice.
            var time = SyntheticTransactions.Start + (i * UnixMicros.PerSecond * 3 / 5);
            var late = random.Next(10) == 0 ? random.NextInt64(5 * UnixMicros.PerMinute) : 0;
            arrivals.Add(random.Next(30) == 0 && i > 0
                ? arrivals[random.Next(arrivals.Count)]
                : SyntheticTransactions.Make(random, time - late));
        }

        var minutes = new List<MinuteFeatures>();
        var folded = new List<FoldedTransaction>();
        TrainingSetBuilder.Build(arrivals, Labels, Never, FeatureList.Default, out var states, new TrainingSetOptions
        {
            OnMinute = minutes.Add,
            OnTransaction = folded.Add,
        });

        var distinct = arrivals.DistinctBy(t => t.TransactionId).ToList();
        Assert.Equal(distinct, folded.Select(f => f.Transaction));
        Assert.Equal(arrivals.Count - distinct.Count, states.Skipped);
        Assert.Equal(distinct.Count, states.Folded);
        Assert.Contains(folded, f => f.IsLate);

        // Every minute that the watermark has passed has one row, made of the transactions that were not late.
        var expected = folded.Where(f => !f.IsLate)
            .GroupBy(f => (f.Transaction.CustomerId, Start: f.Transaction.EventTimeMicros / UnixMicros.PerMinute * UnixMicros.PerMinute))
            .Where(g => g.Key.Start + UnixMicros.PerMinute <= states.WatermarkMicros)
            .ToDictionary(g => g.Key, g => (Count: g.Count(), Max: g.Max(f => f.Transaction.Amount)));
        Assert.Equal(expected.Count, minutes.Count);
        Assert.All(minutes, m => Assert.Equal(expected[(m.CustomerId, m.WindowStartMicros)], (m.TransactionCount, m.MaxAmount)));
        foreach (var group in folded.GroupBy(f => f.Transaction.CustomerId))
        {
            Assert.Equal(Enumerable.Range(1, group.Count()).Select(n => (long)n), group.Select(f => f.CustomerSequence));
            Assert.Equal(group.Count(), states.Customers[group.Key].Sequence);
        }
    }

    [Fact]
    public void The_states_go_on_as_if_the_history_had_been_live()
    {
        var cut = 2_000;
        TrainingSetBuilder.Build(Transactions.Take(cut), Labels, Never, FeatureList.Default, out var states);
        var expected = Build(Transactions, Labels);
        var customers = states.Customers.ToDictionary(p => p.Key, p => CustomerWindow.Deserialize(p.Value.Serialize()));
        var merchants = states.Merchants.ToDictionary(p => p.Key, p => MerchantWindow.Deserialize(p.Value.Serialize()));
        for (var i = cut; i < Transactions.Count; i++)
        {
            var transaction = Transactions[i];
            customers[transaction.CustomerId].Fold(transaction, transaction.EventTimeMicros);
            merchants[transaction.MerchantId].Fold(transaction);
            if (Labels.TryGetValue(transaction.TransactionId, out var history))
            {
                merchants[transaction.MerchantId].ApplyLabels(history);
            }

            var vector = new float[FeatureList.Default.Count];
            FeatureList.Default.Compute(
                transaction, customers[transaction.CustomerId], merchants[transaction.MerchantId].Snapshot(transaction.EventTimeMicros, transaction.BaseCents), vector);
            AssertSameBits(expected[i].Features, vector);
        }
    }

    [Fact]
    public void Rows_of_folded_transactions_train_a_model()
    {
        var transactions = SyntheticTransactions.Make(12_000, 60, seed: 5)
            .Select(t => t with { IsFraud = t.BaseCents > 45_000 ? true : null })
            .ToList();
        var outcome = new ModelTrainer().Train(
            Build(transactions, NoLabels), FeatureList.Default, new TrainingOptions { Trees = 20, ProbeRows = 300 });

        Assert.True(outcome.Test.AveragePrecision > 0.95);
        Assert.Equal(FeatureList.Default.Hash, outcome.Artifact.Metadata.FeatureHash);
        Models.ModelArtifact.FromBytes(outcome.Artifact.ToBytes(), FeatureList.Default.Hash);
    }

    private static IReadOnlyList<TrainingRow> Build(
        IEnumerable<Transaction> transactions, IReadOnlyDictionary<Guid, LabelHistory> labels, long asOfMicros = Never) =>
        TrainingSetBuilder.Build(transactions, labels, asOfMicros, FeatureList.Default, out _);

    private static TWindow Get<TWindow>(Dictionary<long, TWindow> windows, long id, Func<long, TWindow> make)
    {
        if (!windows.TryGetValue(id, out var window))
        {
            windows.Add(id, window = make(id));
        }

        return window;
    }

    private static int IndexOf(string name) => FeatureList.Default.Features.Select(f => f.Name).ToList().IndexOf(name);

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.Equal(MemoryMarshal.Cast<float, int>(expected).ToArray(), MemoryMarshal.Cast<float, int>(actual).ToArray());
}
