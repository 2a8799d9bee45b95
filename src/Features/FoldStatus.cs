namespace Levee.Features;

/// <summary>What a fold did with a transaction.</summary>
public enum FoldStatus
{
    /// <summary>It is new and counts.</summary>
    Folded,

    /// <summary>Its id is known with the same merchant and amount: nothing changed.</summary>
    Duplicate,

    /// <summary>Its id is known with another customer, merchant or amount: nothing changed, and somebody should look at it.</summary>
    Conflict,
}
