namespace Levee.Api.Security;

/// <summary>What operators did or were refused, in a log category of its own.</summary>
internal sealed partial class AuditLog(ILoggerFactory loggers, TimeProvider time)
{
    /// <summary>The category, to send it elsewhere or to keep it longer.</summary>
    public const string Category = "Levee.Audit";

    private const string Unknown = "unknown";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    /// <summary>Notes a request of an operator with its answer.</summary>
    /// <param name="context">The request. Its route and version are noted; its body and what else the path holds are not.</param>
    /// <param name="caller">Who; null when callers are not known.</param>
    /// <param name="status">The HTTP status that was or will be answered; 499 when the caller had gone before an answer, whatever was done.</param>
    public void Write(HttpContext context, Caller? caller, int status)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "?";
        var version = context.Request.RouteValues["version"] is string text && Endpoints.ModelEndpoints.IsVersion(text) ? text : "-";
        LogAction(caller?.Name ?? Unknown, context.Request.Method, route, version, status, time.GetUtcNow());
    }

    [LoggerMessage(1, LogLevel.Information, "{Who}: {Method} {Route} version {Version}, answered {Status} at {At:O}")]
    private partial void LogAction(string who, string method, string route, string version, int status, DateTimeOffset at);
}
