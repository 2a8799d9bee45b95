using System.Reflection;
using Confluent.Kafka;
using Levee.Grains.Scoring;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Grains.Tests.Scoring;

public sealed class KafkaOutputTests
{
    private const string Topic = "fraud-scores";
    private static readonly Message<byte[], byte[]>[] Two = [new(), new()];

    private readonly List<Fake> _built = [];

    [Fact]
    public async Task After_a_fatal_error_what_follows_goes_to_a_new_client_and_the_old_one_ends()
    {
        using var output = new KafkaOutput(Build);
        await output.Produce(Topic, Two).Done;
        await output.ProduceAsync(Topic, new Message<byte[], byte[]>());
        Assert.Single(_built);

        _built[0].Error = new Error(ErrorCode.Local_Fatal, "lost its numbers", isFatal: true);
        Assert.ThrowsAny<KafkaException>(() => output.Produce(Topic, Two));
        await output.Produce(Topic, Two).Done;
        await _built[0].Disposed.WaitAsync(TimeSpan.FromSeconds(30));

        _built[1].Error = new Error(ErrorCode.Local_Fatal, "again", isFatal: true);
        await Assert.ThrowsAnyAsync<KafkaException>(() => output.ProduceAsync(Topic, new Message<byte[], byte[]>()));
        await output.ProduceAsync(Topic, new Message<byte[], byte[]>());
        await _built[1].Disposed.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(3, _built.Count);
        Assert.Equal((3, 2, 1), (_built[0].Taken, _built[1].Taken, _built[2].Taken));
        Assert.False(_built[2].Disposed.IsCompleted);
    }

    [Fact]
    public async Task A_full_queue_is_no_reason_for_another_client()
    {
        using var output = new KafkaOutput(Build);
        await output.Produce(Topic, Two).Done;
        _built[0].Error = new Error(ErrorCode.Local_QueueFull);
        Assert.ThrowsAny<KafkaException>(() => output.Produce(Topic, Two));

        _built[0].Error = null;
        await output.Produce(Topic, Two).Done;

        Assert.Equal(4, Assert.Single(_built).Taken);
    }

    private IProducer<byte[], byte[]> Build()
    {
        var client = DispatchProxy.Create<IProducer<byte[], byte[]>, Fake>();
        _built.Add((Fake)client);
        return client;
    }

    /// <summary>Takes what it is given, or fails.</summary>
    public class Fake : DispatchProxy
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Disposed => _disposed.Task;

        public Error? Error { get; set; }

        public int Taken { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            switch (targetMethod!.Name)
            {
                case nameof(IProducer<byte[], byte[]>.Produce):
                    Take();
                    ((Action<DeliveryReport<byte[], byte[]>>)args![2]!)(new DeliveryReport<byte[], byte[]> { Error = new Error(ErrorCode.NoError) });
                    return null;
                case nameof(IProducer<byte[], byte[]>.ProduceAsync):
                    Take();
                    return Task.FromResult(new DeliveryResult<byte[], byte[]>());
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
