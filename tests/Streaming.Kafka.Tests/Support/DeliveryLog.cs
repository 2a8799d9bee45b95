using System.Collections.Concurrent;

namespace Levee.Streaming.Kafka.Tests;

/// <summary>What the test grains of all silos have received.</summary>
public sealed class DeliveryLog
{
    private readonly ConcurrentDictionary<string, List<Order>> _deliveries = new(StringComparer.Ordinal);
    private int _calls;

    /// <summary>Grain calls so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Decides whether a delivery to a stream ("customers/5") fails. Called before anything is recorded.</summary>
    public Func<string, IReadOnlyList<Order>, Task> BeforeDelivery { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Called when the grain of a stream is activated.</summary>
    public Func<string, Task> BeforeActivation { get; set; } = _ => Task.CompletedTask;

    /// <summary>What a customer's grain does when it is called directly.</summary>
    public Func<Task> OnWork { get; set; } = () => Task.CompletedTask;

    public async Task DeliverAsync(string stream, IReadOnlyList<Order> orders)
    {
        Interlocked.Increment(ref _calls);
        await BeforeDelivery(stream, orders);
        var list = _deliveries.GetOrAdd(stream, _ => []);
        lock (list)
        {
            list.AddRange(orders);
        }
    }

    /// <summary>Streams that have received anything.</summary>
    public IReadOnlyCollection<string> Streams => [.. _deliveries.Keys];

    /// <summary>Everything delivered to a stream, redeliveries included.</summary>
    public IReadOnlyList<Order> All(string stream)
    {
        if (!_deliveries.TryGetValue(stream, out var list))
        {
            return [];
        }

        lock (list)
        {
            return [.. list];
        }
    }

    /// <summary>What a consumer that recognises redeliveries by (epoch, partition, offset) makes of it.</summary>
    public IReadOnlyList<Order> Effect(string stream) =>
        [.. All(stream).DistinctBy(o => (o.Position.Epoch, o.Position.Partition, o.Position.Offset))];

    public int CountEffects(string prefix) =>
        _deliveries.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Sum(k => Effect(k).Count);
}
