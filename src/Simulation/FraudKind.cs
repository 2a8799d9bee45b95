namespace Levee.Simulation;

/// <summary>What a simulated transaction really is. Known to the simulator only: no message and no feature carries it.</summary>
public enum FraudKind
{
    /// <summary>Legitimate.</summary>
    None = 0,

    /// <summary>One of many purchases in minutes with a stolen card: mostly abroad, at new merchants, with higher amounts.</summary>
    StolenCard,

    /// <summary>Looks like any other transaction, at a merchant that is compromised for days.</summary>
    CompromisedMerchant,

    /// <summary>One of several tiny amounts in quick succession that try a card, or the large one that follows.</summary>
    CardTesting,

    /// <summary>A single purchase far above the customer's habit.</summary>
    LargeOneOff,

    /// <summary>
    /// The shifted pattern: small amounts in the customer's own country, on a known device, at usual merchants, deep in the night. A model
    /// that was trained before the shift does not find it.
    /// </summary>
    Quiet,
}
