using Levee.Storage;
using Microsoft.Extensions.Options;

namespace Levee.Api.Security;

/// <summary>Checks <see cref="SecurityOptions"/> at start-up and names every key that is wrong.</summary>
public sealed class SecurityOptionsValidator : IValidateOptions<SecurityOptions>
{
    private const int Million = 1_000_000;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        Require(
            options.KeyRefresh >= TimeSpan.FromSeconds(1) && options.KeyRefresh <= TimeSpan.FromMinutes(1),
            "KeyRefresh",
            "must lie between 1 second and 1 minute");
        Require(options.MaxKeys is >= 1 and <= Million, "MaxKeys", "must lie between 1 and 1,000,000");
        Require(
            options.RateLimit.RequestsPerSecond is >= 0 and <= Million, "RateLimit:RequestsPerSecond", "must lie between 0 and 1,000,000");
        Require(options.RateLimit.Burst is >= 1 and <= Million, "RateLimit:Burst", "must lie between 1 and 1,000,000");
        foreach (var (caller, rate) in options.RateLimit.Callers)
        {
            Require(rate is >= 0 and <= Million, $"RateLimit:Callers:{caller}", "must lie between 0 and 1,000,000");
        }

        for (var i = 0; i < options.Keys.Count; i++)
        {
            Check(options.Keys[i], $"Keys:{i}");
        }

        Require(
            options.Keys.Select(key => key.Hash.ToUpperInvariant()).Distinct().Count() == options.Keys.Count,
            "Keys",
            "has the same hash twice");
        for (var i = 0; i < options.CorsOrigins.Count; i++)
        {
            Require(IsOrigin(options.CorsOrigins[i]), $"CorsOrigins:{i}", "must be an origin such as https://app.example");
        }

        Check(options.Jwt);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(object checkedOptions, string at = "Jwt")
        {
            switch (checkedOptions)
            {
                case ConfiguredKey key:
                    Require(ApiKeyText.IsName(key.Name), $"{at}:Name", "must be up to 64 letters, digits, dots, dashes and underscores");
                    Require(
                        key.Hash.Length == 2 * ApiKeyText.HashBytes && key.Hash.All(char.IsAsciiHexDigit),
                        $"{at}:Hash",
                        "must be a SHA-256 of 64 hexadecimal digits");
                    Require(
                        key.Roles.Count > 0 && key.Roles.All(ApiKeyText.Roles.Contains),
                        $"{at}:Roles",
                        $"must be one or more of {string.Join(", ", ApiKeyText.Roles)}");
                    break;
                case JwtOptions { Authority.Length: > 0 } jwt:
                    var isUrl = Uri.TryCreate(jwt.Authority, UriKind.Absolute, out var authority) && authority.Scheme is "http" or "https";
                    Require(isUrl && (!jwt.RequireHttps || authority!.Scheme == "https"), $"{at}:Authority", "must be an https address");
                    Require(jwt.Audience.Length > 0, $"{at}:Audience", "must be set with an authority");
                    Require(jwt.RoleClaim.Length > 0, $"{at}:RoleClaim", "must be set with an authority");
                    break;
            }
        }

        void Require(bool holds, string key, string what)
        {
            if (!holds)
            {
                failures.Add($"{SecurityOptions.Section}:{key} {what}.");
            }
        }
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority) == text;
}
