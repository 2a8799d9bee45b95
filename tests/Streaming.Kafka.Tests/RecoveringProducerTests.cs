using System.Reflection;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka.Tests;

public sealed class RecoveringProducerTests
{
    private static readonly TopicPartition Target = new("orders", 0);

    private readonly List<Fake> _built = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_fatal_error_the_next_record_goes_to_a_new_client(bool atOnce)
    {
        using var producer = new RecoveringProducer(Build, NullLogger.Instance);
        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());
        _built[0].Fails(new Error(ErrorCode.Local_Fatal, "lost its numbers", isFatal: true), atOnce);

        await Assert.ThrowsAnyAsync<KafkaException>(() => producer.ProduceAsync(Target, new Message<byte[], byte[]>()));
        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());

        Assert.Equal(2, _built.Count);
        await _built[0].Disposed.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(_built[1].Disposed.IsCompleted);
    }

    [Fact]
    public async Task Other_errors_leave_it_and_two_that_fail_together_replace_it_once()
    {
        using var producer = new RecoveringProducer(Build, NullLogger.Instance);
        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());
        _built[0].Fails(new Error(ErrorCode.Local_MsgTimedOut), atOnce: false);
        await Assert.ThrowsAnyAsync<KafkaException>(() => producer.ProduceAsync(Target, new Message<byte[], byte[]>()));
        Assert.Single(_built);

        var gate = new TaskCompletionSource<DeliveryResult<byte[], byte[]>>();
        _built[0].Answers(() => gate.Task);
        Task[] both = [producer.ProduceAsync(Target, new Message<byte[], byte[]>()), producer.ProduceAsync(Target, new Message<byte[], byte[]>())];
        gate.SetException(new KafkaException(new Error(ErrorCode.Local_Fatal)));
        foreach (var one in both)
        {
            await Assert.ThrowsAnyAsync<KafkaException>(() => one);
        }

        await producer.ProduceAsync(Target, new Message<byte[], byte[]>());
        Assert.Equal(2, _built.Count);
    }

    private IProducer<byte[], byte[]> Build()
    {
        var client = DispatchProxy.Create<IProducer<byte[], byte[]>, Fake>();
        _built.Add((Fake)client);
        return client;
    }

    /// <summary>Answers ProduceAsync and Dispose.</summary>
    public class Fake : DispatchProxy
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Func<Task<DeliveryResult<byte[], byte[]>>> _answer = () => Task.FromResult(new DeliveryResult<byte[], byte[]>());

        public Task Disposed => _disposed.Task;

        public void Fails(Error error, bool atOnce) => _answer = () =>
            atOnce ? throw new KafkaException(error) : Task.FromException<DeliveryResult<byte[], byte[]>>(new KafkaException(error));

        public void Answers(Func<Task<DeliveryResult<byte[], byte[]>>> answer) => _answer = answer;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            switch (targetMethod!.Name)
            {
                case nameof(IProducer<byte[], byte[]>.ProduceAsync):
                    return _answer();
                case nameof(IDisposable.Dispose):
                    _disposed.TrySetResult();
                    return null;
                default:
                    throw new NotSupportedException(targetMethod.Name);
            }
        }
    }
}
