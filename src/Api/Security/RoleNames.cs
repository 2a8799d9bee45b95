namespace Levee.Api.Security;

/// <summary>Roles as texts.</summary>
internal static class RoleNames
{
    /// <summary>The role of a name in lower case; none for an unknown one.</summary>
    public static AccessRoles Read(string name) => name switch
    {
        "score" => AccessRoles.Score,
        "label" => AccessRoles.Label,
        "operate" => AccessRoles.Operate,
        "admin" => AccessRoles.Admin,
        _ => AccessRoles.None,
    };

    /// <summary>All roles that are named; unknown names give none.</summary>
    public static AccessRoles Read(IEnumerable<string> names) => names.Aggregate(AccessRoles.None, (roles, name) => roles | Read(name));
}
