namespace Levee.Simulation;

/// <summary>A simulated customer with habits.</summary>
internal sealed record Customer
{
    /// <summary>From 1.</summary>
    public required long Id { get; init; }

    /// <summary>Index into <see cref="Country.All"/>.</summary>
    public required int Home { get; init; }

    /// <summary>Usual merchants, most visited first.</summary>
    public required Merchant[] Favourites { get; init; }

    /// <summary>Mean of the logarithm of the amount in euro.</summary>
    public required double LogAmount { get; init; }

    /// <summary>Standard deviation of the logarithm of the amount.</summary>
    public required double LogSpread { get; init; }

    /// <summary>A typical amount in euro.</summary>
    public required double UsualAmount { get; init; }

    /// <summary>One or two device types.</summary>
    public required string[] Devices { get; init; }

    /// <summary>Last four digits of the card.</summary>
    public required string CardLast4 { get; init; }

    /// <summary>Activity relative to other customers, above 0.</summary>
    public required double Activity { get; init; }

    /// <summary>Hours by which the customer's day is later than the average one; -3 to 3.</summary>
    public required int HoursLater { get; init; }
}
