namespace Levee.Features;

/// <summary>What a feature is computed from.</summary>
public enum FeatureSource
{
    /// <summary>The transaction alone.</summary>
    Transaction,

    /// <summary>The customer's window (t - w, t], the transaction itself included.</summary>
    Customer,

    /// <summary>The merchant's window (t - 7d - w, t - 7d].</summary>
    Merchant,

    /// <summary>The transaction against the customer's habit.</summary>
    Habit,

    /// <summary>
    /// The transaction against the customer's habit of (t - 30d, t - 14d], which a card that was stolen since has not changed; with fewer
    /// than five transactions there, of all others in the last 30 days.
    /// </summary>
    EarlierHabit,
}
