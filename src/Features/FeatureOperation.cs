namespace Levee.Features;

/// <summary>What is done with the source's window.</summary>
public enum FeatureOperation
{
    /// <summary>The transaction's amount in base currency.</summary>
    Amount,

    /// <summary>1 on Saturday and Sunday (UTC), else 0.</summary>
    IsWeekend,

    /// <summary>1 when the hour (UTC) is 0 to 6, else 0.</summary>
    IsNight,

    /// <summary>Hour of the day (UTC), 0 to 23.</summary>
    HourOfDay,

    /// <summary>The currency as a number, see <see cref="CategoryCode"/>.</summary>
    Currency,

    /// <summary>The country as a number; missing without one.</summary>
    Country,

    /// <summary>The type of device as a number; missing without one.</summary>
    Device,

    /// <summary>Number of transactions.</summary>
    Count,

    /// <summary>Mean amount; 0 for an empty window.</summary>
    Average,

    /// <summary>Largest amount; 0 for an empty window.</summary>
    Maximum,

    /// <summary>Sample standard deviation of the amounts; missing for fewer than two.</summary>
    Deviation,

    /// <summary>Known frauds over transactions; 0 for an empty window.</summary>
    FraudRate,

    /// <summary>Amount over the mean of the window without this transaction; missing when that is 0.</summary>
    AmountToAverage,

    /// <summary>Amount over the maximum of the window without this transaction; missing when that is 0.</summary>
    AmountToMaximum,

    /// <summary>Amount over the mean of the earlier habit; missing when that is 0. See <see cref="FeatureSource.EarlierHabit"/>.</summary>
    AmountToEarlierAverage,

    /// <summary>Amount over the maximum of the earlier habit; missing when that is 0.</summary>
    AmountToEarlierMaximum,

    /// <summary>Largest other amount of the last seven days, 0 when there is none, over the mean of the earlier habit; missing when that is 0.</summary>
    RecentMaximumToEarlierAverage,

    /// <summary>Transactions of the last hour over those an average hour of the window has.</summary>
    HourlyVelocity,

    /// <summary>Seconds since the transaction before; missing when the window holds none.</summary>
    SecondsSinceLast,

    /// <summary>1 when the window holds no other transaction at this merchant, else 0.</summary>
    IsNewMerchant,

    /// <summary>1 when the window holds no other transaction from this country, else 0; missing without a country.</summary>
    IsNewCountry,

    /// <summary>1 when the window holds no other transaction from this type of device, else 0; missing without one.</summary>
    IsNewDevice,

    /// <summary>Share of the window's other transactions whose hour (UTC) is 0 to 6; missing when there is none.</summary>
    NightShare,

    /// <summary>Number of merchants among the newest 32 transactions of the window, this one included.</summary>
    DistinctMerchants,

    /// <summary>Length of the unbroken run of known frauds that the window ends with, in transactions.</summary>
    FraudRunLength,

    /// <summary>Days since the first transaction of that run; missing when there is none.</summary>
    FraudRunAge,

    /// <summary>
    /// Length of the run of known frauds among the merchant's ordinary transactions, those of amounts up to about four times its median.
    /// </summary>
    OrdinaryFraudRunLength,

    /// <summary>Days since the first transaction of that run; missing when there is none.</summary>
    OrdinaryFraudRunAge,

    /// <summary>Known frauds over transactions of about the same amount (its octave of cents); 0 when there is none.</summary>
    AmountFraudRate,

    /// <summary>Days since the newest transaction of the window that is not a known fraud; missing when there is none.</summary>
    DaysSinceLegitimate,
}
