namespace Levee.Api.Security;

/// <summary>Who asks.</summary>
/// <param name="Name">The key's name, or jwt: with the token's subject; nothing that a log could not hold.</param>
/// <param name="Roles">What the caller may do.</param>
/// <param name="ExpiresAt">When the key ends; null for never, or for a token whose end was checked.</param>
internal sealed record Caller(string Name, AccessRoles Roles, DateTimeOffset? ExpiresAt)
{
    /// <summary>The caller's name; null when callers are not known, for security is off.</summary>
    public static string? NameOf(HttpContext context) => context.Features.Get<Caller>()?.Name;

    public bool Has(AccessRoles role) => (Roles & (role | AccessRoles.Admin)) != AccessRoles.None;
}
