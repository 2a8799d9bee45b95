namespace Levee.Storage;

/// <summary>What an import did.</summary>
public sealed record ImportResult
{
    /// <summary>Rows that were given.</summary>
    public required long Read { get; init; }

    /// <summary>Rows that are stored now and were not before.</summary>
    public required long Added { get; init; }

    /// <summary>Rows that were stored already, with the same contents.</summary>
    public required long Known { get; init; }

    /// <summary>Rows that are not stored since their transaction_id is another transaction's.</summary>
    public required long Rejected { get; init; }

    /// <summary>Customers that got rows.</summary>
    public required long Customers { get; init; }

    /// <summary>Merchants whose states were made anew, those that an interrupted import had left included.</summary>
    public required long Merchants { get; init; }

    /// <summary>Merchants that were too busy to be made anew; another import, of any file, does it.</summary>
    public required long Undecided { get; init; }
}
