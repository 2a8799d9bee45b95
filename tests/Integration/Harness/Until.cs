using System.Diagnostics;

namespace Levee.Integration.Harness;

/// <summary>Waits for a condition instead of for the clock.</summary>
public static class Until
{
    /// <summary>Asks again and again until the condition holds; throws with the last state when it does not in time.</summary>
    public static async Task<T> HoldsAsync<T>(Func<Task<T>> read, Func<T, bool> condition, TimeSpan within, string what, Func<string>? context = null)
    {
        var watch = Stopwatch.StartNew();
        Exception? last = null;
        object? seen = null;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        do
        {
            try
            {
                var value = await read();
                seen = value;
                last = null;
                if (condition(value))
                {
                    return value;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or Npgsql.NpgsqlException or IOException)
            {
                last = exception;
            }
        }
        while (watch.Elapsed < within && await tick.WaitForNextTickAsync());
        throw new TimeoutException($"{what}: not after {within}. Last seen: {seen}; {last?.Message}\n{context?.Invoke()}");
    }
}
