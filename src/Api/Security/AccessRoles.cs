namespace Levee.Api.Security;

/// <summary>What a caller may do; their names in lower case are those of configuration, database and tokens.</summary>
[Flags]
internal enum AccessRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Score transactions and read features.</summary>
    Score = 1,

    /// <summary>Store labels.</summary>
    Label = 2,

    /// <summary>Change models, retrain, replay, and see the dashboard.</summary>
    Operate = 4,

    /// <summary>Everything.</summary>
    Admin = 8,
}
