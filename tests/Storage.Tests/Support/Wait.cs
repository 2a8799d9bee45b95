namespace Levee.Storage.Tests.Support;

/// <summary>Waits for what must come.</summary>
internal static class Wait
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timeout = new CancellationTokenSource(Longest);
        while (!await condition())
        {
            await Task.Delay(10, timeout.Token);
        }
    }
}
