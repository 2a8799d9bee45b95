using Levee.Features;

namespace Levee.Simulation.Tests;

public sealed class DeliveryTests
{
    [Fact]
    public void Late_and_repeated_deliveries_are_as_frequent_as_asked_for()
    {
        var history = Histories.Of(o => (o.LateShare, o.DuplicateShare) = (0.05, 0.02));

        Histories.AssertShare(0.05, history.Count(s => s.IsLate), history.Length);
        Histories.AssertShare(0.02, history.Count(s => s.RepeatDelayMicros is not null), history.Length);
        Assert.All(history.Where(s => s.IsLate), s => Assert.InRange(s.ArrivalDelayMicros, 15 * UnixMicros.PerSecond, 2 * UnixMicros.PerHour));
        Assert.All(history.Where(s => !s.IsLate), s => Assert.InRange(s.ArrivalDelayMicros, 0, UnixMicros.PerSecond));
    }

    [Fact]
    public void Without_them_there_are_none()
    {
        var history = Histories.Of(o => (o.LateShare, o.DuplicateShare) = (0, 0));

        Assert.DoesNotContain(history, s => s.IsLate || s.RepeatDelayMicros is not null);
    }

    [Fact]
    public void Deliveries_come_in_the_order_of_arrival_and_none_is_lost()
    {
        var history = Histories.Of(o => (o.LateShare, o.DuplicateShare) = (0.05, 0.02));

        var deliveries = TransactionSimulator.Deliver(history).ToList();

        var expected = history.Select(s => (s.Transaction.TransactionId, s.ArrivalMicros, false))
            .Concat(history.Where(s => s.RepeatDelayMicros is not null)
                .Select(s => (s.Transaction.TransactionId, s.ArrivalMicros + s.RepeatDelayMicros!.Value, true)));
        Assert.Equal(expected.Order(), deliveries.Select(d => (d.Simulated.Transaction.TransactionId, d.ArrivalMicros, d.IsRepeat)).Order());
        Assert.True(deliveries.Zip(deliveries.Skip(1)).All(pair => pair.First.ArrivalMicros <= pair.Second.ArrivalMicros));
        Assert.Contains(
            deliveries.Zip(deliveries.Skip(1)),
            pair => pair.First.Simulated.Transaction.EventTimeMicros > pair.Second.Simulated.Transaction.EventTimeMicros + UnixMicros.PerMinute);
    }

    [Fact]
    public void All_frauds_and_a_share_of_the_others_get_a_label_later()
    {
        var history = Histories.Default;
        var legitimate = history.Where(s => !s.IsFraud).ToList();

        Assert.All(history.Where(s => s.IsFraud), s => Assert.NotEmpty(s.Labels));
        Histories.AssertShare(0.05, legitimate.Count(s => s.Labels.Count > 0), legitimate.Count);
        Assert.All(history.Where(s => s.Labels.Count > 0), s =>
        {
            Assert.Equal(s.IsFraud, s.Labels[^1].IsFraud);
            Assert.True(s.LabelObservedMicros >= s.Transaction.EventTimeMicros + (30 * UnixMicros.PerMinute));
            Assert.Equal(s.Labels.OrderBy(l => l.ObservedMicros), s.Labels);
        });
        var corrected = history.Where(s => s.Labels.Count == 2).ToList();
        Histories.AssertShare(0.01, corrected.Count, history.Count(s => s.Labels.Count > 0));
        Assert.All(corrected, s => Assert.NotEqual(s.Labels[0].IsFraud, s.Labels[1].IsFraud));
    }

    [Fact]
    public void A_label_history_holds_what_was_known_by_then()
    {
        var corrected = Histories.Default.First(s => s.Labels.Count == 2);

        Assert.Equal(corrected.Labels, corrected.ToLabelHistory()!.Observations);
        Assert.Equal([corrected.Labels[0]], corrected.ToLabelHistory(corrected.Labels[1].ObservedMicros - 1)!.Observations);
        Assert.Null(corrected.ToLabelHistory(corrected.Labels[0].ObservedMicros - 1));

        var early = corrected with { Transaction = corrected.Transaction with { IsFraud = true } };
        Assert.Equal(
            [new LabelObservation(true, corrected.Transaction.EventTimeMicros)],
            early.ToLabelHistory(corrected.Transaction.EventTimeMicros)!.Observations);
    }

    [Fact]
    public void A_label_is_written_as_the_topic_has_it()
    {
        var id = Guid.Parse("0b9e2a52-1c1d-4a53-9a55-6a3c4f3a1e01");

        var json = System.Text.Encoding.UTF8.GetString(LabelJson.Write(id, new LabelObservation(true, 1_767_225_600_000_001)));

        Assert.Equal(
            """{"transaction_id":"0b9e2a52-1c1d-4a53-9a55-6a3c4f3a1e01","is_fraud":1,"observed_at":"2026-01-01T00:00:00.000001Z","source":"simulator"}""",
            json);
    }

    [Fact]
    public void No_poison_record_can_be_read()
    {
        var random = new DeterministicRandom(1);
        var distinct = new HashSet<string>();
        foreach (var simulated in Histories.Default.Take(2_000))
        {
            var now = simulated.Transaction.EventTimeMicros;
            var record = PoisonRecords.Make(random, simulated.Transaction);

            Assert.False(TransactionJson.TryParse(record, CurrencyTable.Default, now, out _, out var error));
            distinct.Add($"{error.Field}: {error.Message}");
        }

        Assert.True(distinct.Count >= 8, string.Join('\n', distinct));
    }
}
