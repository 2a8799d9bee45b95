namespace Levee.Storage;

/// <summary>
/// What one process at a time does in a database. The values are the keys of PostgreSQL's advisory locks: any numbers, as long as they differ
/// and never change.
/// </summary>
public enum ExclusiveWork : long
{
    /// <summary>Bringing the schema up to date.</summary>
    Migration = 7_210_533_841,

    /// <summary>Handing out a model version's number, and moving versions between stages.</summary>
    RegistryChange = 7_210_533_842,

    /// <summary>Making the first model, with the history that it is trained on.</summary>
    FirstModel = 7_210_533_843,

    /// <summary>Importing history.</summary>
    Import = 7_210_533_844,
}
