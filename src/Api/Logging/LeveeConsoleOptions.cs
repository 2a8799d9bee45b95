using Microsoft.Extensions.Logging.Console;

namespace Levee.Api.Logging;

/// <summary>What the console shows: <c>Logging:Console:FormatterOptions</c>.</summary>
public sealed class LeveeConsoleOptions : ConsoleFormatterOptions
{
    /// <summary>
    /// Warnings and errors of one kind, by category and event, that are written in a minute; the next one says how many were left out. 0 for
    /// all of them. In an outage each of thousands of grains has something to say, several times a minute.
    /// </summary>
    public int MaxRepeatsPerMinute { get; set; } = 20;
}
