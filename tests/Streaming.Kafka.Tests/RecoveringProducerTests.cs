using System.Reflection;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka.Tests;

public sealed class RecoveringProducerTests
{
    private static readonly TopicPartition Target = new("orders", 0);
    private static readonly Error Fatal = new(ErrorCode.OutOfOrderSequenceNumber, "lost its numbers", isFatal: true);

    private readonly List<Fake> _built = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_fatal_error_the_next_record_goes_to_a_new_client(bool atOnce)
    {
        using var producer = new RecoveringProducer(Build, NullLogger.Instance);
        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());

        // Of the calls and reports that follow none says that it is fatal.
        _built[0].Fails(new Error(ErrorCode.OutOfOrderSequenceNumber), atOnce);
        await Assert.ThrowsAnyAsync<KafkaException>(() => producer.ProduceAsync(Target, new Message<byte[], byte[]>()));
        Assert.Single(_built);
        _built[0].OnError(Fatal);
        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());

        Assert.Equal(2, _built.Count);
        await _built[0].Disposed.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(_built[1].Disposed.IsCompleted);
    }

    [Fact]
    public async Task Other_errors_leave_it_and_two_fatal_ones_replace_it_once()
    {
        using var producer = new RecoveringProducer(Build, NullLogger.Instance);
        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());
        _built[0].OnError(new Error(ErrorCode.Local_AllBrokersDown));
        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());
        Assert.Single(_built);

        _built[0].OnError(Fatal);
        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());
        _built[0].OnError(Fatal);
        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());

        Assert.Equal(2, _built.Count);
    }

    /// <summary>Whoever keeps an order must hear of it before the next record.</summary>
    [Fact]
    public async Task A_full_client_says_so_at_once_and_stays()
    {
        using var producer = new RecoveringProducer(Build, NullLogger.Instance);
        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());
        _built[0].Fails(new Error(ErrorCode.Local_QueueFull), atOnce: true);

        // No await: a task that says so would be too late.
        var full = Assert.ThrowsAny<KafkaException>(() => { _ = producer.ProduceAsync(Target, new Message<byte[], byte[]>()); });

        Assert.Equal(ErrorCode.Local_QueueFull, full.Error.Code);
        Assert.Single(_built);
    }

    /// <summary>A client that is disposed reports nothing any more.</summary>
    [Fact]
    public async Task What_the_failed_client_never_reports_fails_with_its_end()
    {
        using var producer = new RecoveringProducer(Build, NullLogger.Instance);
        var never = new TaskCompletionSource<Error>();
        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());
        _built[0].Answers(() => never.Task);
        var waiting = producer.ProduceAsync(Target, new Message<byte[], byte[]>());
        _built[0].OnError(Fatal);

        var failed = await Assert.ThrowsAnyAsync<KafkaException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Equal(ErrorCode.Local_Destroy, failed.Error.Code);
        Assert.True(_built[0].IsFlushed);
    }

    private IProducer<byte[], byte[]> Build(Action<Error> onError)
    {
        var client = DispatchProxy.Create<IProducer<byte[], byte[]>, Fake>();
        ((Fake)client).OnError = onError;
        _built.Add((Fake)client);
        return client;
    }

    /// <summary>Answers Produce and Dispose.</summary>
    public class Fake : DispatchProxy
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Func<Task<Error>> _answer = () => Task.FromResult(new Error(ErrorCode.NoError));

        /// <summary>Tells of an error.</summary>
        public Action<Error> OnError { get; set; } = _ => { };

        public Task Disposed => _disposed.Task;

        /// <summary>Whether it was flushed, and not disposed before.</summary>
        public bool IsFlushed { get; private set; }

        public void Fails(Error error, bool atOnce) => _answer = () => atOnce ? throw new KafkaException(error) : Task.FromResult(error);

        public void Answers(Func<Task<Error>> answer) => _answer = answer;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            switch (targetMethod!.Name)
            {
                case nameof(IProducer<byte[], byte[]>.Produce):
                    _ = ReportAsync(_answer(), (Action<DeliveryReport<byte[], byte[]>>)args![2]!);
                    return null;
                case nameof(IProducer<byte[], byte[]>.Flush):
                    IsFlushed = !_disposed.Task.IsCompleted;
                    return 0;
                case nameof(IDisposable.Dispose):
                    _disposed.TrySetResult();
                    return null;
                default:
                    throw new NotSupportedException(targetMethod.Name);
            }
        }

        private static async Task ReportAsync(Task<Error> answer, Action<DeliveryReport<byte[], byte[]>> report) =>
            report(new DeliveryReport<byte[], byte[]> { Error = await answer });
    }
}
