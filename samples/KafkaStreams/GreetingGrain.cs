using Orleans.Streams;
using Orleans.Streams.Core;

namespace Levee.Samples.KafkaStreams;

/// <summary>A grain for each name.</summary>
public interface IGreetingGrain : IGrainWithStringKey;

/// <summary>Receives the greetings of a name.</summary>
[ImplicitStreamSubscription("greetings")]
public sealed class GreetingGrain : Grain, IGreetingGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<string>
{
    private static readonly TaskCompletionSource ThreeReceived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _received;

    /// <summary>Completes when a grain has received three greetings.</summary>
    public static Task Three => ThreeReceived.Task;

    /// <inheritdoc />
    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => await handleFactory.Create<string>().ResumeAsync(this);

    /// <inheritdoc />
    public Task OnNextAsync(IList<SequentialItem<string>> items)
    {
        foreach (var item in items)
        {
            Console.WriteLine($"{this.GetPrimaryKeyString()} <- {item.Item} ({item.Token})");
        }

        if ((_received += items.Count) >= 3)
        {
            ThreeReceived.TrySetResult();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
