namespace Levee.Api.Logging;

/// <summary>Logging of Levee's processes.</summary>
public static class LoggingBuilderExtensions
{
    /// <summary>Logs to the console, a line an entry, without customers' ids.</summary>
    /// <param name="logging">What is configured.</param>
    /// <returns>The same.</returns>
    public static ILoggingBuilder AddLeveeConsole(this ILoggingBuilder logging)
    {
        ArgumentNullException.ThrowIfNull(logging);
        logging.AddConsole(options => options.FormatterName = RedactingConsoleFormatter.FormatterName);
        logging.AddConsoleFormatter<RedactingConsoleFormatter, LeveeConsoleOptions>();
        return logging;
    }
}
