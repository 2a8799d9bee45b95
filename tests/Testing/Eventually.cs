using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Levee.Testing;

/// <summary>Waits for a condition instead of for the clock.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>How long is waited when nothing else is said; generous, since only a test that fails waits that long.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Asks again and again until the condition holds.</summary>
    /// <param name="condition">What must come to hold.</param>
    /// <param name="what">What it is, for who reads the failure; the condition's own text by default.</param>
    /// <param name="within">How long to wait; <see cref="Limit"/> by default.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static Task HoldsAsync(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "", TimeSpan? within = null) =>
        HoldsAsync(() => Task.FromResult(condition()), what, within);

    /// <inheritdoc cref="HoldsAsync(Func{bool}, string, TimeSpan?)"/>
    public static async Task HoldsAsync(
        Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "", TimeSpan? within = null)
    {
        var limit = within ?? Limit;
        var startedAt = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(startedAt) > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds} s: {what}");
            }

            await Task.Delay(Pause);
        }
    }
}
