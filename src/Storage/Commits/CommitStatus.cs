namespace Levee.Storage;

/// <summary>How a grain's commit ended.</summary>
public enum CommitStatus
{
    /// <summary>Everything of it is durable.</summary>
    Committed,

    /// <summary>Nothing of it is: the state's row has another version than expected, or its labels were folded already.</summary>
    VersionConflict,

    /// <summary>Nothing of it is: some of its transactions are stored already.</summary>
    DuplicateTransactions,
}
