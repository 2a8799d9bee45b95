using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Levee.Api.Logging;

/// <summary>
/// Writes an entry as one line, without customers' ids: Orleans names grains and streams by their keys when a call or a delivery fails, and
/// the key of a customer's is the customer. Warnings and errors that repeat are left out and counted.
/// </summary>
internal sealed partial class RedactingConsoleFormatter(TimeProvider time, IOptionsMonitor<LeveeConsoleOptions> options)
    : ConsoleFormatter(FormatterName)
{
    private static readonly Counter LeftOut = Metrics.CreateCounter(
        "levee_log_entries_left_out_total", "Warnings and errors that the console did not show because too many of their kind came in a minute.");

    private readonly RepeatLimit _repeats = new(time);

    /// <summary>What <c>Logging:Console:FormatterName</c> calls it.</summary>
    public const string FormatterName = "levee";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        ArgumentNullException.ThrowIfNull(textWriter);
        var leftOut = 0L;
        if (logEntry.LogLevel is LogLevel.Warning or LogLevel.Error
            && options.CurrentValue.MaxRepeatsPerMinute is > 0 and var most
            && !_repeats.TryPass(logEntry.Category, logEntry.EventId, most, out leftOut))
        {
            LeftOut.Inc();
            return;
        }

        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var text = logEntry.Exception is { } exception ? $"{message} {exception}" : message;
        var before = leftOut == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"({leftOut} more like this were left out) ");
        textWriter.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetUtcNow():HH:mm:ss} {LevelOf(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}] {before}{OneLine(Redact(text))}"));
    }

    /// <summary>Puts *** where a customer's id stands: <c>customer/5D</c> is a grain, <c>customers/93</c> a stream.</summary>
    public static string Redact(string text) => CustomerKey().Replace(text, "$1/***");

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };

    [GeneratedRegex("\\b(customers?)/-?[0-9A-Fa-f]+", RegexOptions.CultureInvariant)]
    private static partial Regex CustomerKey();
}
