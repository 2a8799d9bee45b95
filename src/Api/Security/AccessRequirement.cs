namespace Levee.Api.Security;

/// <summary>Metadata of an endpoint: the role that a caller needs. An endpoint without it is for admin alone.</summary>
/// <param name="Role">The role; none for an endpoint that is open to all.</param>
/// <param name="AllowsBrowser">
/// Whether the key may be the password of HTTP Basic, which is what a browser can send by itself. Only where nothing is changed: a browser
/// sends it along with requests that another site's page makes.
/// </param>
/// <param name="CountsRows">Whether the endpoint takes a token of the caller's rate limit for each row, and so must know the caller.</param>
internal sealed record AccessRequirement(AccessRoles Role, bool AllowsBrowser = false, bool CountsRows = false)
{
    public static AccessRequirement AdminOnly { get; } = new(AccessRoles.Admin);

    public bool IsOpen => Role == AccessRoles.None;

    /// <summary>Whether the key may be the password of HTTP Basic.</summary>
    public bool AllowsBasic(HttpRequest request) => AllowsBrowser && IsRead(request);

    /// <summary>Whether what is done here is noted.</summary>
    public bool IsAudited(HttpRequest request) => Role >= AccessRoles.Operate && !IsRead(request);

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}
