using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Levee.Api.Logging;

/// <summary>
/// Writes an entry as one line, without customers' ids: Orleans names grains and streams by their keys when a call or a delivery fails, and
/// the key of a customer's is the customer.
/// </summary>
internal sealed partial class RedactingConsoleFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>What <c>Logging:Console:FormatterName</c> calls it.</summary>
    public const string FormatterName = "levee";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        ArgumentNullException.ThrowIfNull(textWriter);
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var text = logEntry.Exception is { } exception ? $"{message} {exception}" : message;
        textWriter.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetUtcNow():HH:mm:ss} {LevelOf(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}] {OneLine(Redact(text))}"));
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
