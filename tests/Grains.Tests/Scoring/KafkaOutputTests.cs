using System.Reflection;
using Confluent.Kafka;
using Levee.Grains.Scoring;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Grains.Tests.Scoring;

public sealed class KafkaOutputTests
{
    private const string Topic = "fraud-scores";
    private static readonly Error Fatal = new(ErrorCode.OutOfOrderSequenceNumber, "lost its numbers", isFatal: true);
    private static readonly Message<byte[], byte[]>[] Two = [new(), new()];

    private readonly List<Fake> _built = [];

    [Fact]
    public async Task After_a_fatal_error_what_follows_goes_to_a_new_client_and_the_old_one_ends()
    {
        using var output = new KafkaOutput(Build);
        await output.Produce(Topic, Two).WaitAsync();
        Assert.Single(_built);

        // Of the calls that follow none says that it is fatal.
        _built[0].Error = new Error(ErrorCode.OutOfOrderSequenceNumber);
        Assert.ThrowsAny<KafkaException>(() => output.Produce(Topic, Two));
        Assert.Single(_built);
        _built[0].OnError(Fatal);
        await output.Produce(Topic, Two).WaitAsync();
        await _built[0].Disposed.WaitAsync(TimeSpan.FromSeconds(30));

        _built[1].OnError(new Error(ErrorCode.Local_AllBrokersDown));
        _built[0].OnError(Fatal);
        _built[1].OnError(Fatal);
        await output.Produce(Topic, Two).WaitAsync();
        await _built[1].Disposed.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(3, _built.Count);
        Assert.Equal((2, 2, 2), (_built[0].Taken, _built[1].Taken, _built[2].Taken));
        Assert.False(_built[2].Disposed.IsCompleted);
    }

    [Fact]
    public async Task A_full_queue_is_no_reason_for_another_client()
    {
        using var output = new KafkaOutput(Build);
        await output.Produce(Topic, Two).WaitAsync();
        _built[0].Error = new Error(ErrorCode.Local_QueueFull);
        Assert.ThrowsAny<KafkaException>(() => output.Produce(Topic, Two));

        _built[0].Error = null;
        await output.Produce(Topic, Two).WaitAsync();

        Assert.Equal(4, Assert.Single(_built).Taken);
    }

    /// <summary>A client that is disposed reports nothing any more; a customer's stream must not wait for that.</summary>
    [Fact]
    public async Task What_the_failed_client_never_reports_fails_with_its_end()
    {
        using var output = new KafkaOutput(Build);
        await output.Produce(Topic, Two).WaitAsync();
        _built[0].Reports = false;
        var waiting = output.Produce(Topic, Two);
        _built[0].OnError(Fatal);

        await waiting.WaitAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal((2, ErrorCode.Local_Destroy), (waiting.Failed, waiting.Error?.Code));
        Assert.True(_built[0].IsFlushed);
    }

    private IProducer<byte[], byte[]> Build(Action<Error> onError)
    {
        var client = DispatchProxy.Create<IProducer<byte[], byte[]>, Fake>();
        ((Fake)client).OnError = onError;
        _built.Add((Fake)client);
        return client;
    }

    /// <summary>Takes what it is given, or fails.</summary>
    public class Fake : DispatchProxy
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Tells of an error.</summary>
        public Action<Error> OnError { get; set; } = _ => { };

        public Task Disposed => _disposed.Task;

        public Error? Error { get; set; }

        /// <summary>Whether it says what became of a message.</summary>
        public bool Reports { get; set; } = true;

        public int Taken { get; private set; }

        /// <summary>Whether it was flushed, and not disposed before.</summary>
        public bool IsFlushed { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            switch (targetMethod!.Name)
            {
                case nameof(IProducer<byte[], byte[]>.Produce):
                    Take();
                    if (Reports)
                    {
                        ((Action<DeliveryReport<byte[], byte[]>>)args![2]!)(new DeliveryReport<byte[], byte[]> { Error = new Error(ErrorCode.NoError) });
                    }

                    return null;
                case nameof(IProducer<byte[], byte[]>.Flush):
                    IsFlushed = !_disposed.Task.IsCompleted;
                    return 0;
                case nameof(IDisposable.Dispose):
                    _disposed.TrySetResult();
                    return null;
                default:
                    return 0;
            }
        }

        private void Take()
        {
            if (Error is not null)
            {
                throw new KafkaException(Error);
            }

            Taken++;
        }
    }
}
