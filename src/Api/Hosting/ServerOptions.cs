namespace Levee.Api.Hosting;

// "Levee": { "Server": { "MaxConnections": 20000, "RequestHeadersTimeout": "00:00:10", "MinRequestBytesPerSecond": 240 } }

/// <summary>
/// What one connection may cost the server, section <see cref="Section"/>: callers who are slow, silent or too many lose their
/// connections and hold up nobody else.
/// </summary>
public sealed class ServerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Levee:Server";

    /// <summary>Connections at one time; a further one is closed at once. 1 to 1,000,000, defaults to 20,000.</summary>
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>How long a connection may be idle between two requests. 1 second to 1 hour, defaults to 130 seconds.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>How long a request's headers may take to arrive. 1 second to 5 minutes, defaults to 10 seconds.</summary>
    public TimeSpan RequestHeadersTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bytes a second that a request's body must arrive at in the mean, once <see cref="RateGracePeriod"/> has passed. 0 for no limit, at
    /// most 1,000,000; defaults to 240.
    /// </summary>
    public double MinRequestBytesPerSecond { get; set; } = 240;

    /// <summary>
    /// Bytes a second that a caller must take its answer at in the mean, once <see cref="RateGracePeriod"/> has passed. 0 for no limit, at
    /// most 1,000,000; defaults to 240.
    /// </summary>
    public double MinResponseBytesPerSecond { get; set; } = 240;

    /// <summary>How long the two rates are not asked for. Above 1 second, at most 5 minutes; defaults to 5 seconds.</summary>
    public TimeSpan RateGracePeriod { get; set; } = TimeSpan.FromSeconds(5);
}
