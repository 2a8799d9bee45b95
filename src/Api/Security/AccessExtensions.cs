using Levee.Api.OpenApi;

namespace Levee.Api.Security;

/// <summary>How an endpoint says who may call it.</summary>
internal static class AccessExtensions
{
    /// <summary>Only callers with the role, or with admin.</summary>
    public static TBuilder Requires<TBuilder>(this TBuilder builder, AccessRoles role, bool countsRows = false)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AccessRequirement(role, CountsRows: countsRows)).ProducesProblems(401, 403, 429);

    /// <summary>Everybody, also while <see cref="SecurityOptions.Enabled"/>.</summary>
    public static TBuilder IsOpen<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AccessRequirement(AccessRoles.None));
}
