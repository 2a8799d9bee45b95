using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Levee.Cli;

/// <summary>Options that several commands have, and how their values are read.</summary>
internal static class CommonOptions
{
    private const string BootstrapKey = "Levee:Kafka:BootstrapServers";
    private const string BootstrapVariable = "Levee__Kafka__BootstrapServers";

    public static Option<string> BootstrapServers() => new("--bootstrap-servers", "-b")
    {
        Description = $"Kafka brokers, host:port, comma separated. Defaults to {BootstrapKey}, or {BootstrapVariable} in the environment.",
        HelpName = "servers",
        DefaultValueFactory = result =>
        {
            var value = CliConfiguration.Load()[BootstrapKey];
            if (string.IsNullOrWhiteSpace(value))
            {
                result.AddError($"Option '--bootstrap-servers' is required, or {BootstrapVariable} in the environment.");
            }

            return value ?? "";
        },
    };

    public static Option<Uri> Url() => new("--url", "-u")
    {
        Description = "Where Levee's API is.",
        HelpName = "url",
        DefaultValueFactory = _ => new Uri("http://localhost:8000"),
        CustomParser = result =>
        {
            var text = Single(result);
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            {
                return url;
            }

            result.AddError($"'{text}' is not an http or https URL, such as http://localhost:8000.");
            return null;
        },
    };

    /// <summary>A number within bounds, both included.</summary>
    public static Option<T> Number<T>(string name, string description, T min, T max, T fallback)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = "number",
            DefaultValueFactory = _ => fallback,
            CustomParser = result => ParseNumber(result, name, min, max) ?? fallback,
        };

    /// <summary>A number within bounds, both included, or nothing.</summary>
    public static Option<T?> OptionalNumber<T>(string name, string description, T min, T max)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = "number",
            CustomParser = result => ParseNumber(result, name, min, max),
        };

    /// <summary>A share, 0 to 1.</summary>
    public static Option<double> Share(string name, string description, double fallback) => Number(name, description, 0, 1, fallback);

    /// <summary>A length of time as people write it: 90s, 15m, 2h, 7d, or 00:15:00.</summary>
    public static TimeSpan? ParseDuration(ArgumentResult result)
    {
        var text = Single(result);
        if (TryReadDuration(text, out var duration))
        {
            return duration;
        }

        result.AddError($"'{text}' is not a length of time above zero, such as 90s, 15m, 2h, 7d or 00:15:00.");
        return null;
    }

    /// <summary>A point in time with its offset.</summary>
    public static DateTimeOffset? ParseTime(ArgumentResult result)
    {
        var text = Single(result);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        result.AddError($"'{text}' is not a time, such as 2026-01-31T12:00:00Z.");
        return null;
    }

    /// <summary>A point in time that is not after now: nobody knows what labels will say.</summary>
    public static DateTimeOffset? ParsePastTime(ArgumentResult result)
    {
        if (ParseTime(result) is not { } time)
        {
            return null;
        }

        if (time > TimeProvider.System.GetUtcNow())
        {
            result.AddError($"{time:u} is not over yet.");
        }

        return time;
    }

    /// <summary>A point in time, or a length of time before now.</summary>
    public static DateTimeOffset? ParseSince(ArgumentResult result) =>
        TryReadDuration(Single(result), out var duration) ? TimeProvider.System.GetUtcNow() - duration : ParseTime(result);

    public static bool TryReadDuration(string text, out TimeSpan duration)
    {
        duration = default;
        double? unit = text.Length == 0 ? null : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => null };
        if (unit is not null)
        {
            if (double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number * unit.Value is > 0 and < 1e9)
            {
                duration = TimeSpan.FromSeconds(number * unit.Value);
                return true;
            }

            return false;
        }

        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration)
            && duration > TimeSpan.Zero;
    }

    private static T? ParseNumber<T>(ArgumentResult result, string name, T min, T max)
        where T : struct, INumber<T>
    {
        var text = Single(result);
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value >= min
            && value <= max)
        {
            return value;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be a number from {min} to {max}, not '{text}'."));
        return null;
    }

    private static string Single(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
}
