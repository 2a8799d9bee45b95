using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Levee.Api.Hosting;

/// <summary>What can keep the process from starting, in one sentence each.</summary>
internal static class StartupErrors
{
    private const string PortKey = "Levee:Port";
    private const int DefaultPort = 8000;
    private const int HighestPort = 65_535;

    /// <summary>The configured port.</summary>
    /// <exception cref="SettingException">It is no port.</exception>
    public static int ReadPort(IConfiguration configuration)
    {
        var text = configuration[PortKey];
        if (string.IsNullOrWhiteSpace(text))
        {
            return DefaultPort;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= HighestPort
            ? port
            : throw new SettingException($"{PortKey} must be a number from 0 (any free port) to {HighestPort}.");
    }

    /// <summary>The sentence for an error of the caller's making; null for every other.</summary>
    public static string? Describe(Exception exception) => exception switch
    {
        SettingException => exception.Message,
        OptionsValidationException options => string.Join(" ", options.Failures),
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => exception.Message,
        IOException { InnerException: AddressInUseException } => $"{exception.Message} Set {PortKey} to another port.",
        _ => null,
    };
}
