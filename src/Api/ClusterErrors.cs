using System.Net.Sockets;
using Levee.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Api;

/// <summary>
/// Turns what a grain call can end in into an answer: 503 when the cluster or its database does not answer (the caller may try again), 500 when a
/// grain failed. The log names types and places but no messages, for those of Orleans quote grain keys, which are customer ids.
/// </summary>
internal sealed partial class ClusterErrors(IOptions<ApiOptions> options, ILogger<ClusterErrors> logger)
{
    private readonly TimeSpan _retryAfter = options.Value.RetryAfter;
    private readonly ILogger _logger = logger;

    /// <summary>The answer to a failed call.</summary>
    public ProblemHttpResult ToProblem(HttpContext context, Exception exception) =>
        FindReason(context, exception) is { } reason ? Unavailable(context, reason) : Problems.Internal();

    /// <summary>Logs a failed call and says why trying again may help; null when it will not. Does not touch the response.</summary>
    public string? FindReason(HttpContext context, Exception exception)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "?";
        var reason = Reason(exception);
        if (reason is null)
        {
            LogFailed(route, Describe(exception));
        }
        else
        {
            LogUnavailable(route, exception.GetType().Name);
        }

        return reason;
    }

    /// <summary>503 with the configured Retry-After.</summary>
    public ProblemHttpResult Unavailable(HttpContext context, string detail) => Problems.Unavailable(context, detail, _retryAfter);

    /// <summary>What the caller is told when trying again may help; null when it will not.</summary>
    private static string? Reason(Exception exception) => exception switch
    {
        TimeoutException => "The cluster did not answer in time.",
        OrleansException or ClusterUnavailableException => "The cluster is not reachable.",
        PostgresException refusal when !StorageErrors.IsTransient(refusal) => null,
        NpgsqlException or SocketException => "The database does not answer.",
        _ => exception.InnerException is { } inner ? Reason(inner) : null,
    };

    private static string Describe(Exception exception)
    {
        var types = exception.GetType().FullName;
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            types += " <- " + inner.GetType().FullName;
        }

        return types + Environment.NewLine + exception.StackTrace;
    }

    [LoggerMessage(1, LogLevel.Warning, "{Route}: the cluster did not answer ({Error}); expected while silos start, stop or fail over")]
    private partial void LogUnavailable(string route, string error);

    [LoggerMessage(2, LogLevel.Error, "{Route}: a grain failed: {Error}")]
    private partial void LogFailed(string route, string error);
}
