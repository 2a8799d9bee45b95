using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Levee.Embedded;
using Levee.Features;

namespace Levee.Simulation.Tests.Kafka;

public sealed class KafkaSimulatorTests : IDisposable
{
    private const int Partitions = 6;

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public KafkaSimulatorTests()
    {
        _kafka.CreateTopic("transactions", Partitions);
        _kafka.CreateTopic("labels", 2);
    }

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task A_replay_produces_the_history_with_its_labels()
    {
        var simulation = new SimulationOptions { Days = 4, LateShare = 0.05, DuplicateShare = 0.05, EarlyLabelShare = 0.5 };
        var deliveries = TransactionSimulator.Deliver(new TransactionSimulator(simulation).History()).ToList();

        var counts = await new KafkaSimulator(simulation, Options()).ReplayAsync(null, CancellationToken.None);

        var consumed = Consume();
        foreach (var partition in Enumerable.Range(0, Partitions))
        {
            var expected = deliveries.Where(d => d.Simulated.Transaction.CustomerId % Partitions == partition).Select(d => d.Simulated.Transaction);
            Assert.Equal(expected, consumed.Where(r => r.Partition == partition).Select(r => Parse(r.Value)));
        }

        Assert.All(consumed, r => Assert.Equal(Parse(r.Value).CustomerId.ToString(CultureInfo.InvariantCulture), r.Key));
        Assert.Equal(deliveries.Count, counts.Records);
        Assert.Equal(deliveries.Count(d => d.IsRepeat), counts.Repeats);
        Assert.Equal(deliveries.Count(d => !d.IsRepeat && d.Simulated.IsFraud), counts.Frauds);
        Assert.Equal(counts.Records + counts.Labels, counts.Acknowledged);

        // The history is long past, so that every label is due.
        var labels = TopicConsumer.ReadAll(_kafka.BootstrapServers, "labels", 2);
        var known = deliveries.Where(d => !d.IsRepeat).SelectMany(d => d.Simulated.Labels.Select(l => LabelJson.Write(d.Simulated.Transaction.TransactionId, l)));
        Assert.Equal(known.Select(Convert.ToHexString).Order(), labels.Select(l => Convert.ToHexString(l.Value)).Order());
        Assert.All(labels, l => Assert.Equal(l.Key, JsonDocument.Parse(l.Value).RootElement.GetProperty("transaction_id").GetString()));
    }

    [Fact]
    public async Task Poison_is_mixed_in_and_the_rest_is_untouched()
    {
        var simulation = new SimulationOptions { Days = 4 };
        var options = Options();
        options.PoisonShare = 0.1;
        options.MaxRecords = 5_000;

        var counts = await new KafkaSimulator(simulation, options).ReplayAsync(null, CancellationToken.None);

        var consumed = Consume();
        var usable = consumed.Where(r => TransactionJson.TryParse(r.Value, CurrencyTable.Default, Now, out _, out _)).ToList();
        Assert.Equal(5_000, consumed.Count);
        Assert.Equal(counts.Poison, consumed.Count - usable.Count);
        Histories.AssertShare(0.1, counts.Poison, usable.Count);
        var expected = TransactionSimulator.Deliver(new TransactionSimulator(simulation).History()).Take(usable.Count);
        Assert.Equal(expected.Select(d => d.Simulated.Transaction.TransactionId).Order(), usable.Select(r => Parse(r.Value).TransactionId).Order());
    }

    [Fact]
    public async Task What_was_produced_is_told_record_by_record()
    {
        var told = new ConcurrentBag<ProducedRecord>();
        var options = Options();
        (options.MaxRecords, options.PoisonShare, options.Produced) = (2_000, 0.05, told.Add);

        await new KafkaSimulator(new SimulationOptions(), options).ReplayAsync(null, CancellationToken.None);

        var expected = Consume().Select(r => (r.Partition, r.Offset, r.Key, Convert.ToHexString(r.Value)));
        Assert.Equal(
            expected.Order(),
            told.Where(r => r.Kind != ProducedKind.Label).Select(r => (r.Partition, r.Offset, r.Key, Convert.ToHexString(r.Value.Span))).Order());
    }

    [Fact]
    public async Task Live_transactions_happen_now_and_stop_on_demand()
    {
        using var stop = new CancellationTokenSource();
        var before = Now;
        var options = Options();
        var acknowledged = 0;
        options.Produced = _ =>
        {
            if (Interlocked.Increment(ref acknowledged) == 500)
            {
                stop.Cancel();
            }
        };
        var simulation = new SimulationOptions
        {
            DuplicateShare = 0,
            LateShare = 0,
            LegitimateLabelShare = 1,
            LabelDelayMin = TimeSpan.Zero,
            LabelDelayMean = TimeSpan.FromMilliseconds(100),
            LabelCorrectionShare = 0,
        };

        var counts = await new KafkaSimulator(simulation, options).RunLiveAsync(1_000, stop.Token);

        var after = Now;
        var times = Consume().Select(r => Parse(r.Value).EventTimeMicros).ToList();
        Assert.True(counts.Acknowledged >= 500);
        Assert.All(times, time => Assert.InRange(time, before, after));

        // Labels came while the stream ran.
        Assert.InRange(counts.Labels, 1, counts.Transactions);
        Assert.Equal(counts.Labels, TopicConsumer.ReadAll(_kafka.BootstrapServers, "labels", 2).Count);
        Assert.Equal(counts.Transactions - counts.Labels, counts.PendingLabels);
    }

    [Fact]
    public async Task The_rate_of_a_live_stream_is_that_of_the_clock()
    {
        var options = Options();
        options.Duration = TimeSpan.FromSeconds(2);

        var counts = await new KafkaSimulator(new SimulationOptions { LateShare = 0 }, options).RunLiveAsync(500, CancellationToken.None);

        // 1,000 less those whose delivery, up to 0.8 s after the event, is after the end.
        Assert.InRange(counts.Records, 700, 1_050);
    }

    [Fact]
    public async Task Labels_of_an_imported_history_come_when_due_and_their_number_is_bounded()
    {
        var now = Now;
        var some = Histories.Default.First(s => s.Labels.Count == 1);
        var options = Options();
        (options.MaxRecords, options.MaxPendingLabels) = (20, 2);
        var simulator = new KafkaSimulator(new SimulationOptions { FraudRate = 0, LegitimateLabelShare = 0 }, options);

        simulator.RememberLabels(some with { Labels = [new LabelObservation(true, now - 2), new LabelObservation(false, now - 1)] }, now - 2);
        simulator.RememberLabels(some with { Labels = [new LabelObservation(true, now + UnixMicros.PerDay), new LabelObservation(true, now)] });
        Assert.Equal((2, 1), (simulator.Counts.PendingLabels, simulator.Counts.DroppedLabels));
        var counts = await simulator.RunLiveAsync(1_000, CancellationToken.None);

        Assert.Equal((1, 1), (counts.Labels, counts.PendingLabels));
        Assert.Equal(
            LabelJson.Write(some.Transaction.TransactionId, new LabelObservation(false, now - 1)),
            Assert.Single(TopicConsumer.ReadAll(_kafka.BootstrapServers, "labels", 2)).Value);
    }

    [Fact]
    public async Task Fewer_partitions_can_be_asked_for_but_not_more()
    {
        var options = Options();
        (options.Partitions, options.MaxRecords) = (2, 200);

        await new KafkaSimulator(new SimulationOptions(), options).ReplayAsync(null, CancellationToken.None);

        Assert.All(Consume(), r => Assert.Equal(Parse(r.Value).CustomerId % 2, r.Partition));
        options.Partitions = Partitions + 1;
        var exception = await Assert.ThrowsAsync<SimulationException>(
            () => new KafkaSimulator(new SimulationOptions(), options).ReplayAsync(null, CancellationToken.None));
        Assert.Contains("6 partitions", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Brokers_that_do_not_answer_are_named()
    {
        var options = Options();
        (options.BootstrapServers, options.ConnectTimeout) = ("127.0.0.1:1", TimeSpan.FromSeconds(1));

        var exception = await Assert.ThrowsAsync<SimulationException>(
            () => new KafkaSimulator(new SimulationOptions(), options).RunLiveAsync(1, CancellationToken.None));

        Assert.Contains("127.0.0.1:1", exception.Message, StringComparison.Ordinal);
    }

    private static long Now => UnixMicros.FromDateTimeOffset(TimeProvider.System.GetUtcNow());

    private KafkaSimulatorOptions Options() => new() { BootstrapServers = _kafka.BootstrapServers };

    private List<(int Partition, long Offset, string Key, byte[] Value)> Consume() =>
        TopicConsumer.ReadAll(_kafka.BootstrapServers, "transactions", Partitions);

    private static Transaction Parse(byte[] message) =>
        TransactionJson.TryParse(message, CurrencyTable.Default, Now, out var transaction, out var error)
            ? transaction!
            : throw new FormatException(error.ToString());
}
