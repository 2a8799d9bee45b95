using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Confluent.Kafka;
using Levee.Testing;
using Orleans.Streams;

namespace Levee.Streaming.Kafka.Tests;

[Collection(nameof(TracingTests))]
[CollectionDefinition(nameof(TracingTests), DisableParallelization = true)]
public sealed class TracingTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Parent = "00-" + TraceId + "-b7ad6b7169203331-01";
    private static readonly StreamId Stream = StreamId.Create("customers", 1);

    [Fact]
    public void Without_a_listener_nothing_is_kept_begun_or_allocated()
    {
        var headers = Traced();
        var (partition, _) = NewPartition();
        partition.GetLane(Stream).Append(new LaneItem(0L, 0, partition.Tracker.Add(0, 1, 0, 0)));
        var lane = partition.GetLane(Stream);
        Assert.False(KafkaTracing.IsTraced(headers));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            KafkaTracing.EndDelivery(KafkaTracing.StartDelivery(lane, 0, 1), failed: false);
            _ = KafkaTracing.IsTraced(headers);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_single_event_is_a_child_of_its_records_context_and_several_are_linked()
    {
        var ended = new List<Activity>();
        using var listener = Listen(ended);
        var (partition, receiver) = NewPartition(o => o.MaxBatch = 2);
        for (var offset = 0; offset < 3; offset++)
        {
            var message = new Message<byte[], byte[]> { Headers = offset == 1 ? null! : Traced() };
            partition.GetLane(Stream).Append(new LaneItem((long)offset, offset, partition.Tracker.Add(offset, 1, 0, 0), message));
        }

        var cursor = receiver.GetCacheCursor(Stream, null);
        cursor.MoveNextWithResult();
        cursor.RecordDeliveryFailure();
        while (cursor.MoveNextWithResult().Kind == QueueCacheCursorMoveResultKind.Success)
        {
        }

        Assert.Equal(["process orders", "process orders", "process orders"], ended.Select(a => a.DisplayName));
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Unset, ActivityStatusCode.Unset], ended.Select(a => a.Status));
        Assert.Equal([1, 1, 0], ended.Select(a => a.Links.Count()));
        Assert.Equal(TraceId, ended[1].Links.Single().Context.TraceId.ToHexString());
        Assert.Equal((TraceId, "b7ad6b7169203331", "a=b"), (ended[2].TraceId.ToHexString(), ended[2].ParentSpanId.ToHexString(), ended[2].TraceStateString));
        Assert.Equal(2, ended[1].GetTagItem("messaging.batch.message_count"));
    }

    [Fact]
    public void A_produced_record_carries_the_current_context()
    {
        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        Headers? headers = null;
        Assert.Null(KafkaTracing.StartProducing("orders", ref headers));
        Assert.True(headers!.TryGetLastBytes("traceparent", out var value));
        Assert.Equal(caller.Id, Encoding.ASCII.GetString(value));
    }

    [Fact]
    public async Task The_grain_call_runs_within_the_delivery_and_all_metrics_are_there()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        var ended = new List<Activity>();
        using var listener = Listen(ended);
        var measured = new HashSet<string>(StringComparer.Ordinal);
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == KafkaStreamMetrics.MeterName)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((i, _, _, _) => Add(i));
        meters.SetMeasurementEventCallback<int>((i, _, _, _) => Add(i));
        meters.SetMeasurementEventCallback<double>((i, _, _, _) => Add(i));
        meters.Start();
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore());
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await producer.ProduceAsync(
            kafka.Topic("orders"),
            new Message<byte[], byte[]> { Value = OrderAdapter.Write(new Order(0, 7, 1, 0)), Headers = Traced() });
        await Eventually.HoldsAsync(
            () =>
            {
                lock (ended)
                {
                    return ended.Count(a => a.TraceId.ToHexString() == TraceId) == 2;
                }
            },
            "both streams' activities");
        await Eventually.HoldsAsync(() => silo.Ownership.Owned is [{ NextOffset: 1 }], "the checkpoint");
        string[] expected =
        [
            "records", "rebalances", "batch_size", "delivery_duration", "commit_duration", "freshness", "lag", "cached", "in_flight",
            "oldest_unacknowledged", "held_lanes", "paused", "blocked", "epoch",
        ];
        await Eventually.HoldsAsync(
            () =>
            {
                meters.RecordObservableInstruments();
                lock (measured)
                {
                    return expected.All(e => measured.Contains("levee.kafka." + e));
                }
            },
            "all metrics");

        void Add(Instrument instrument)
        {
            lock (measured)
            {
                measured.Add(instrument.Name);
            }
        }
    }

    private static Headers Traced() => new()
    {
        { "traceparent", Encoding.ASCII.GetBytes(Parent) },
        { "tracestate", "a=b"u8.ToArray() },
    };

    private static ActivityListener Listen(List<Activity> ended)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == KafkaTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (ended)
                {
                    ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static (KafkaPartition Partition, KafkaPartitionReceiver Receiver) NewPartition(Action<KafkaStreamOptions>? configure = null)
    {
        var options = new KafkaStreamOptions { RedeliveryDelay = TimeSpan.Zero };
        configure?.Invoke(options);
        var partition = new KafkaPartition("orders", 0, options, new KafkaStreamMetrics("test", null));
        partition.Begin(new PartitionStart(1, 0, KafkaPosition.NoWatermark, null, null));
        var table = new PartitionTable(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        table.Serve(partition);
        return (partition, new KafkaPartitionReceiver(partition.QueueId, table));
    }
}
