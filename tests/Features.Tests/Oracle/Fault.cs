namespace Levee.Features.Tests.Oracle;

/// <summary>Ways in which an oracle can be wrong on purpose, to see that the property tests would notice.</summary>
public enum Fault
{
    None,
    WindowIncludesItsOldEdge,
    WindowExcludesItsOwnTime,
    LaterEventsCount,
    LaterSequenceAtTheSameTimeCounts,
    FoldedOneCountsTwice,
    DuplicatesCount,
    AmountOfADuplicateIsIgnored,
    TilesEndHalfAnHourEarly,
    TileJoinsByItsStart,
    TooOldIsFolded,
    DuplicatesAreNotForgotten,
    LateGoesIntoItsMinute,
    ClosedMinutesReopen,
    PopulationDeviation,
    HabitIncludesTheCurrentOne,
    NoLabelDelay,
    FirstLabelWins,
    LabelsCountFromTheEvent,
    MerchantRemembersForTwoHours,
    MerchantForgetsNoIds,
}
