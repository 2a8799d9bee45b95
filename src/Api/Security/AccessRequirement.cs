namespace Levee.Api.Security;

/// <summary>Metadata of an endpoint: the role that a caller needs. An endpoint without it is for admin alone.</summary>
/// <param name="Role">The role; none for an endpoint that is open to all.</param>
/// <param name="AllowsBrowser">
/// Whether the key may be the password of HTTP Basic, which is what a browser can send by itself. Only where nothing is changed: a browser
/// sends it along with requests that another site's page makes.
/// </param>
internal sealed record AccessRequirement(AccessRoles Role, bool AllowsBrowser = false)
{
    public static AccessRequirement AdminOnly { get; } = new(AccessRoles.Admin);

    public bool IsOpen => Role == AccessRoles.None;

    /// <summary>Whether the key may be the password of HTTP Basic.</summary>
    public bool AllowsBasic(HttpRequest request) => AllowsBrowser && IsRead(request);

    /// <summary>Whether what is done here is noted.</summary>
    public bool IsAudited(HttpRequest request) => Role >= AccessRoles.Operate && !IsRead(request);

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}
