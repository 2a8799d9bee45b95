using Microsoft.Extensions.Options;

namespace Levee.Api.Hosting;

/// <summary>Checks <see cref="ServerOptions"/> at start-up and names every key that is out of range.</summary>
internal sealed class ServerOptionsValidator : IValidateOptions<ServerOptions>
{
    private const double MostBytesPerSecond = 1_000_000;

    // Kestrel looks at its connections once a second and accepts no shorter time.
    private static readonly TimeSpan ShortestGracePeriod = TimeSpan.FromSeconds(1) + TimeSpan.FromTicks(1);

    public ValidateOptionsResult Validate(string? name, ServerOptions options)
    {
        var failures = new List<string>();
        Check(nameof(options.MaxConnections), options.MaxConnections, 1, 1_000_000);
        Check(nameof(options.KeepAliveTimeout), options.KeepAliveTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Check(nameof(options.RequestHeadersTimeout), options.RequestHeadersTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Check(nameof(options.MinRequestBytesPerSecond), options.MinRequestBytesPerSecond, 0, MostBytesPerSecond);
        Check(nameof(options.MinResponseBytesPerSecond), options.MinResponseBytesPerSecond, 0, MostBytesPerSecond);
        Check(nameof(options.RateGracePeriod), options.RateGracePeriod, ShortestGracePeriod, TimeSpan.FromMinutes(5));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check<T>(string key, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                failures.Add($"{ServerOptions.Section}:{key} must lie between {least} and {most}, but is {value}.");
            }
        }
    }
}
