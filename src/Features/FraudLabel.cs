namespace Levee.Features;

/// <summary>The label history of one transaction that was called fraud at least once, as steps in time.</summary>
internal sealed record FraudLabel(long TimeMicros, Guid Id, byte Band, FraudLabel.Step[] Steps)
{
    /// <summary>Whether the transaction counts as fraud at a time: the last visible step says.</summary>
    public bool IsFraudAt(long atMicros)
    {
        for (var i = Steps.Length - 1; i >= 0; i--)
        {
            if (Steps[i].VisibleFromMicros <= atMicros)
            {
                return Steps[i].IsFraud;
            }
        }

        return false;
    }

    /// <summary>From a history; the steps ascend in observed time and so in the time from which they are visible.</summary>
    public static FraudLabel Of(LabelHistory history) => new(
        history.EventTimeMicros,
        history.TransactionId,
        AmountBand.Of(history.BaseCents),
        [.. history.Observations
            .OrderBy(observation => observation.ObservedMicros)
            .Select(observation => new Step(
                Math.Max(history.EventTimeMicros + LabelHistory.DelayMicros, observation.ObservedMicros), observation.IsFraud))]);

    /// <summary>A value that holds from a time on.</summary>
    internal readonly record struct Step(long VisibleFromMicros, bool IsFraud);
}
