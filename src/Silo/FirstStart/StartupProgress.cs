using Spectre.Console;

namespace Levee.Silo.FirstStart;

/// <summary>Says what the start is doing: a spinner with the elapsed time on a terminal, plain lines elsewhere.</summary>
internal sealed class StartupProgress(IAnsiConsole console, TimeProvider time)
{
    /// <summary>Runs one step of the start.</summary>
    /// <param name="title">What it does, as a gerund.</param>
    /// <param name="step">The work; it may report detail.</param>
    public async Task<T> RunAsync<T>(string title, Func<Action<string>, Task<T>> step)
    {
        var started = time.GetTimestamp();
        T result;
        if (console.Profile.Capabilities.Interactive)
        {
            result = await console.Status().Spinner(Spinner.Known.Dots).StartAsync(
                Markup.Escape(title),
                context => step(detail => context.Status($"{Markup.Escape(title)}: [grey]{Markup.Escape(detail)}[/]")));
        }
        else
        {
            result = await step(static _ => { });
        }

        console.MarkupLine($"[green]✓[/] {Markup.Escape(title)} [grey]{time.GetElapsedTime(started).TotalSeconds:F1} s[/]");
        return result;
    }
}
