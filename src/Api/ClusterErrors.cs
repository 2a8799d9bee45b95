using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Levee.Api;

/// <summary>
/// Turns what a grain call can end in into an answer: 503 when the cluster does not answer (the caller may try again), 500 when a
/// grain failed. The log names types and places but no messages, for those of Orleans quote grain keys, which are customer ids.
/// </summary>
internal sealed partial class ClusterErrors(IOptions<ApiOptions> options, ILogger<ClusterErrors> logger)
{
    private readonly TimeSpan _retryAfter = options.Value.RetryAfter;
    private readonly ILogger _logger = logger;

    /// <summary>The answer to a failed call.</summary>
    public ProblemHttpResult ToProblem(HttpContext context, Exception exception)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "?";
        if (IsUnavailable(exception))
        {
            LogUnavailable(route, exception.GetType().Name);
            return Unavailable(context, exception is TimeoutException
                ? "The cluster did not answer in time."
                : "The cluster is not reachable.");
        }

        LogFailed(route, Describe(exception));
        return Problems.Internal();
    }

    /// <summary>503 with the configured Retry-After.</summary>
    public ProblemHttpResult Unavailable(HttpContext context, string detail) => Problems.Unavailable(context, detail, _retryAfter);

    /// <summary>Whether the exception says that no silo answered, rather than that a grain failed.</summary>
    public static bool IsUnavailable(Exception exception) => exception is TimeoutException or OrleansException or ClusterUnavailableException;

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
