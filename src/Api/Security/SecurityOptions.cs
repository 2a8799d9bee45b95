namespace Levee.Api.Security;

/// <summary>Who may ask, section <see cref="Section"/>.</summary>
public sealed class SecurityOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Levee:Security";

    /// <summary>Whether callers must say who they are. Defaults to false, for development; a warning in the log says so.</summary>
    public bool Enabled { get; set; }

    /// <summary>Keys beside those of table <c>api_keys</c>, by their hashes. Defaults to none.</summary>
    public IList<ConfiguredKey> Keys { get; } = [];

    /// <summary>
    /// How often the working keys are read from the database, 1 s to 1 minute. A key that is made or revoked is known everywhere after this
    /// time. Defaults to 5 seconds.
    /// </summary>
    public TimeSpan KeyRefresh { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most keys of the database in memory, 1 to 1,000,000; the oldest work, and a metric says when there are more. Defaults to 10,000.</summary>
    public int MaxKeys { get; set; } = 10_000;

    /// <summary>Bearer tokens of an OpenID Connect issuer.</summary>
    public JwtOptions Jwt { get; } = new();

    /// <summary>How much each caller may ask.</summary>
    public RateLimitOptions RateLimit { get; } = new();

    /// <summary>Origins, such as https://app.example, whose pages may call the API from a browser. Defaults to none.</summary>
    public IList<string> CorsOrigins { get; } = [];
}
