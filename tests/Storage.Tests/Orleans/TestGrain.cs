using System.Collections.Concurrent;

namespace Levee.Storage.Tests.Orleans;

/// <summary>Uses grain storage and reminders. In a namespace of the tests' own, so names of Orleans need their full form here.</summary>
internal sealed class TestGrain(
    [PersistentState("count", OrleansCluster.StorageName)] IPersistentState<TestGrain.Counter> state, ILocalSiloDetails silo) : Grain, ITestGrain, IRemindable
{
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMinutes(1);

    /// <summary>Completed when a reminder of that name has fired.</summary>
    public static ConcurrentDictionary<string, TaskCompletionSource<TickStatus>> Fired { get; } = new();

    public async Task<int> AddAsync()
    {
        state.State.Value++;
        await state.WriteStateAsync();
        return state.State.Value;
    }

    public Task RemindAsync(string name) => this.RegisterOrUpdateReminder(name, TimeSpan.FromMilliseconds(200), ShortestPeriod);

    public async Task<IReadOnlyList<string>> ReadRemindersAsync() =>
        [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName).Order(StringComparer.Ordinal)];

    public async Task ForgetAsync(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public Task<string> WhereAsync() => Task.FromResult(silo.Name);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Fired.GetOrAdd(reminderName, _ => new TaskCompletionSource<TickStatus>()).TrySetResult(status);
        return Task.CompletedTask;
    }

    [GenerateSerializer]
    internal sealed class Counter
    {
        [Id(0)]
        public int Value { get; set; }
    }
}
