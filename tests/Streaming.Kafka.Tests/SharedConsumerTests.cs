using Confluent.Kafka;

namespace Levee.Streaming.Kafka.Tests;

public sealed class SharedConsumerTests : IDisposable
{
    private readonly IConsumer<byte[], byte[]> _client =
        new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = "127.0.0.1:1", GroupId = "nobody" })
            .SetLogHandler((_, _) => { })
            .Build();

    [Fact]
    public async Task The_end_waits_for_those_who_are_in_and_lets_nobody_in_any_more()
    {
        var shared = new SharedConsumer(_client);
        var first = shared.TryUse();
        var second = shared.TryUse();
        first!.Dispose();
        first.Dispose();
        var end = Task.Run(() => shared.End(TimeSpan.FromMinutes(5)));
        await WaitUntilClosedAsync(shared);
        Assert.False(end.IsCompleted);

        second!.Dispose();

        await end.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void The_end_waits_no_longer_than_it_may()
    {
        var shared = new SharedConsumer(_client);
        using var use = shared.TryUse();

        shared.End(TimeSpan.FromMilliseconds(1));

        Assert.NotNull(use);
        Assert.Null(shared.TryUse());
    }

    public void Dispose() => _client.Dispose();

    private static Task WaitUntilClosedAsync(SharedConsumer shared) => Levee.Testing.Eventually.HoldsAsync(
        () =>
        {
            using var use = shared.TryUse();
            return use is null;
        },
        "the end to begin");
}
