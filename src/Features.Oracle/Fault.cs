namespace Levee.Features.Oracle;

/// <summary>Ways in which an oracle can be wrong on purpose, to see that the property tests would notice.</summary>
public enum Fault
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>What is exactly as old as the window counts.</summary>
    WindowIncludesItsOldEdge,

    /// <summary>What happened at the same time does not count.</summary>
    WindowExcludesItsOwnTime,

    /// <summary>What came after t counts.</summary>
    LaterEventsCount,

    /// <summary>Of the same time, what was accepted later counts.</summary>
    LaterSequenceAtTheSameTimeCounts,

    /// <summary>A folded transaction that is asked about counts twice.</summary>
    FoldedOneCountsTwice,

    /// <summary>A repeat counts.</summary>
    DuplicatesCount,

    /// <summary>A repeat with another amount is no conflict.</summary>
    AmountOfADuplicateIsIgnored,

    /// <summary>Tiles end on the half hour.</summary>
    TilesEndHalfAnHourEarly,

    /// <summary>A tile counts from its start on, not its middle.</summary>
    TileJoinsByItsStart,

    /// <summary>What is older than the longest window is folded.</summary>
    TooOldIsFolded,

    /// <summary>Ids are remembered for ever.</summary>
    DuplicatesAreNotForgotten,

    /// <summary>Late transactions are in their 1-minute row.</summary>
    LateGoesIntoItsMinute,

    /// <summary>A closed minute takes what the watermark allows.</summary>
    ClosedMinutesReopen,

    /// <summary>The deviation is that of a population.</summary>
    PopulationDeviation,

    /// <summary>The habit includes the current transaction.</summary>
    HabitIncludesTheCurrentOne,

    /// <summary>A merchant's window ends at t.</summary>
    NoLabelDelay,

    /// <summary>The first label holds, not the last.</summary>
    FirstLabelWins,

    /// <summary>A label is known from the event on.</summary>
    LabelsCountFromTheEvent,

    /// <summary>A merchant remembers ids for two hours.</summary>
    MerchantRemembersForTwoHours,

    /// <summary>A merchant remembers any number of ids.</summary>
    MerchantForgetsNoIds,

    /// <summary>No transaction ends a run of frauds.</summary>
    RunsNeverBreak,

    /// <summary>Every amount is ordinary.</summary>
    LargeAmountsAreOrdinary,

    /// <summary>The earlier habit is used however few transactions it has.</summary>
    EarlierHabitOfFew,

    /// <summary>The earlier habit reaches up to the current transaction.</summary>
    EarlierHabitIsNotEarlier,
}
