namespace Levee.Features;

/// <summary>A merchant's counts in the windows (t - 7d - w, t - 7d]: as far back as labels have had time to arrive.</summary>
public readonly record struct MerchantSnapshot
{
    /// <summary>Transactions in the window of 1 day.</summary>
    public long Count1d { get; init; }

    /// <summary>Known frauds in the window of 1 day.</summary>
    public long Fraud1d { get; init; }

    /// <summary>Transactions in the window of 7 days.</summary>
    public long Count7d { get; init; }

    /// <summary>Known frauds in the window of 7 days.</summary>
    public long Fraud7d { get; init; }

    /// <summary>Transactions in the window of 30 days.</summary>
    public long Count30d { get; init; }

    /// <summary>Known frauds in the window of 30 days.</summary>
    public long Fraud30d { get; init; }

    /// <summary>Transactions of the unbroken run of known frauds that the window of 30 days ends with; 0 when its newest is none.</summary>
    public long FraudRunLength { get; init; }

    /// <summary>Event time of that run's first transaction, microseconds since the Unix epoch; null when there is no run.</summary>
    public long? FraudRunStartMicros { get; init; }

    /// <summary>
    /// Event time of the newest transaction in the window of 30 days that is not a known fraud, microseconds since the Unix epoch; null when
    /// there is none.
    /// </summary>
    public long? LastLegitimateMicros { get; init; }

    /// <summary>
    /// As <see cref="FraudRunLength"/>, of ordinary transactions only: those of amounts up to about four times the window's median. What is above
    /// neither counts nor ends the run.
    /// </summary>
    public long OrdinaryRunLength { get; init; }

    /// <summary>Event time of that run's first transaction, microseconds since the Unix epoch; null when there is no run.</summary>
    public long? OrdinaryRunStartMicros { get; init; }

    /// <summary>Transactions in the window of 30 days whose amount is in the same band as the one that is asked about: bands double.</summary>
    public long AlikeCount30d { get; init; }

    /// <summary>Known frauds among those.</summary>
    public long AlikeFraud30d { get; init; }

    /// <summary>Number of transactions folded into the merchant.</summary>
    public long Sequence { get; init; }
}
