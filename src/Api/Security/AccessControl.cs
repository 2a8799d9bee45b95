using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Levee.Api.Security;

/// <summary>
/// Lets a request pass when its caller has the role that the endpoint names. A plain middleware and not ASP.NET's authentication: with a
/// known key there is one hash, one look-up and no await in front of POST /predict. Answers do not say why a key was refused.
/// </summary>
internal sealed class AccessControl(
    IOptions<SecurityOptions> options,
    KeyRing keys,
    JwtCallers tokens,
    CallerLimits limits,
    AuditLog audit,
    ClusterErrors errors,
    TimeProvider time)
{
    private const string Challenge = "Bearer realm=\"Levee\"";
    private const string BrowserChallenge = "Basic realm=\"Levee\", charset=\"UTF-8\"";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly bool _enabled = options.Value.Enabled;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        SecurityHeaders.Set(context);

        // What is no route is routing's own refusal of a path or a method: there is nothing behind it.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            return next(context);
        }

        var required = endpoint.Metadata.GetMetadata<AccessRequirement>() ?? AccessRequirement.AdminOnly;
        if (required.IsOpen)
        {
            return next(context);
        }

        if (!_enabled)
        {
            return required.IsAudited(context.Request) ? PassAudited(context, next, caller: null) : next(context);
        }

        var credential = Credential.Read(context.Request.Headers, required.AllowsBasic(context.Request));
        return credential.Kind == CredentialKind.Key && keys.Find(credential.Text) is { } caller
            ? Decide(context, next, required, caller)
            : FindAsync(context, next, required, credential);
    }

    /// <summary>Everything that may take time: tokens, and keys before the first were read.</summary>
    private async Task FindAsync(HttpContext context, RequestDelegate next, AccessRequirement required, Credential credential)
    {
        Caller? caller = null;
        try
        {
            switch (credential.Kind)
            {
                case CredentialKind.Token:
                    caller = await tokens.FindAsync(credential.Text, context.RequestAborted);
                    break;
                case CredentialKind.Key when !keys.Loaded.IsCompleted:
                    await keys.Loaded.WaitAsync(Patience, time, context.RequestAborted);
                    caller = keys.Find(credential.Text);
                    break;
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException)
        {
            await errors.Unavailable(context, "Who may ask is not known at the moment.").ExecuteAsync(context);
            return;
        }

        await (caller is null
            ? RefuseAsync(context, required, caller, StatusCodes.Status401Unauthorized, "A valid API key or bearer token is needed.")
            : Decide(context, next, required, caller));
    }

    private Task Decide(HttpContext context, RequestDelegate next, AccessRequirement required, Caller caller)
    {
        if (!caller.Has(required.Role))
        {
            return RefuseAsync(context, required, caller, StatusCodes.Status403Forbidden, "This caller may not do this.");
        }

        if (!limits.TryTake(caller.Name, out var wait))
        {
            CallerLimits.Refuse(context, wait);
            return RefuseAsync(context, required, caller, StatusCodes.Status429TooManyRequests, CallerLimits.TooMany);
        }

        if (required.Role == AccessRoles.Score && !required.CountsRows)
        {
            return next(context);
        }

        context.Features.Set(caller);
        return required.IsAudited(context.Request) ? PassAudited(context, next, caller) : next(context);
    }

    private async Task PassAudited(HttpContext context, RequestDelegate next, Caller? caller)
    {
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(context);
            status = context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted
                ? StatusCodes.Status499ClientClosedRequest
                : context.Response.StatusCode;
        }
        finally
        {
            audit.Write(context, caller, status);
        }
    }

    private Task RefuseAsync(HttpContext context, AccessRequirement required, Caller? caller, int status, string detail)
    {
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = required.AllowsBrowser ? BrowserChallenge : Challenge;
        }

        if (status != StatusCodes.Status429TooManyRequests)
        {
            CallerLimits.Refused.WithLabels(status.ToString(CultureInfo.InvariantCulture)).Inc();
        }

        if (required.IsAudited(context.Request))
        {
            audit.Write(context, caller, status);
        }

        ProblemHttpResult problem = TypedResults.Problem(detail, statusCode: status);
        return problem.ExecuteAsync(context);
    }
}
